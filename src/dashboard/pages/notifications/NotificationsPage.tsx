import { PageTitle } from '../../components/PageTitle.tsx'

export function NotificationsPage() {
  return <PageTitle title="Notifications" />
}
