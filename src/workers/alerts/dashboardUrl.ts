import type { Notifiers } from '../notifiers/Notifiers.ts'

/** Makes links to pages of the dashboard; null where nobody has said where it is. */
export const dashboardUrl =
  ({ publicUrl }: Pick<Notifiers, 'publicUrl'>) =>
  (path: string): string | null =>
    publicUrl ? `${publicUrl}/dashboard${path}` : null
