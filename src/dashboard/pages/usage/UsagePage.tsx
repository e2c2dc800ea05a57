import { PageTitle } from '../../components/PageTitle.tsx'

export function UsagePage() {
  return <PageTitle title="Usage" />
}
