import { useMember } from '../../../api/useSession.ts'
import { KeyNames } from './KeyNames.tsx'
import { Keys } from './Keys.tsx'

/** Settings > API Keys: admins manage keys here, others see what there is. */
export function KeysPage() {
  return useMember().role === 'admin' ? <Keys /> : <KeyNames />
}
