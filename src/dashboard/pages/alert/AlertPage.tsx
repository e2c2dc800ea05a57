import { PageTitle } from '../../components/PageTitle.tsx'

export function AlertPage() {
  return <PageTitle title="Alert" />
}
