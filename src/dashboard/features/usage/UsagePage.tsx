import { useMember } from '../../api/useSession.ts'
import { NoUsage } from '../../ui/NoUsage.tsx'
import { AccountUsage } from './AccountUsage.tsx'

/** What the account's keys are used for, and how much of its plan is. */
export function UsagePage() {
  return useMember().role === 'viewer' ? <NoUsage title="Usage" /> : <AccountUsage />
}
