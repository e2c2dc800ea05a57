import { PageTitle } from '../../components/PageTitle.tsx'

export function MembersPage() {
  return <PageTitle title="Members" />
}
