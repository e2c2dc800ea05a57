import { useMember } from '../../session/useSession.ts'
import { AccountUsage } from './AccountUsage.tsx'
import { NoUsage } from './NoUsage.tsx'

/** What the account's keys are used for, and how much of its plan is. */
export function UsagePage() {
  return useMember().role === 'viewer' ? <NoUsage title="Usage" /> : <AccountUsage />
}
