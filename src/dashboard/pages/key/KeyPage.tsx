import { PageTitle } from '../../components/PageTitle.tsx'

export function KeyPage() {
  return <PageTitle title="API key" />
}
