import { PageTitle } from '../../components/PageTitle.tsx'

export function AlertsPage() {
  return <PageTitle title="Alerts" />
}
