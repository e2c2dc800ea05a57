/** What a query is about: the first part of its key. A command names the topics that it changes. */
export type Topic =
  | 'account'
  | 'alert'
  | 'alert-preview'
  | 'alerts'
  | 'audit-log'
  | 'channels'
  | 'invitation'
  | 'key'
  | 'keys'
  | 'members'
  | 'notifications'
  | 'session'
  | 'usage'

declare module '@tanstack/react-query' {
  interface Register {
    queryKey: readonly [Topic, ...unknown[]]
  }
}
