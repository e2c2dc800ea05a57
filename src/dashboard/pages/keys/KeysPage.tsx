import { PageTitle } from '../../components/PageTitle.tsx'

export function KeysPage() {
  return <PageTitle title="API Keys" />
}
