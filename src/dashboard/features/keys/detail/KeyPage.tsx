import { useParams } from 'react-router'
import { useMember } from '../../../api/useSession.ts'
import { NoUsage } from '../../../ui/NoUsage.tsx'
import { KeyDetail } from './KeyDetail.tsx'

/** One API key: what it is, what it was used for, from where, and what was changed. */
export function KeyPage() {
  const { id = '' } = useParams()
  const { role } = useMember()
  if (role === 'viewer') return <NoUsage title="API key" />
  // Another key is another page: nothing of the previous one is shown meanwhile.
  return <KeyDetail key={id} id={id} isAdmin={role === 'admin'} />
}
