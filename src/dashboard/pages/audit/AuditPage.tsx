import { PageTitle } from '../../components/PageTitle.tsx'

export function AuditPage() {
  return <PageTitle title="Audit log" />
}
