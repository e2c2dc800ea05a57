import { PageTitle } from '../../components/PageTitle.tsx'

export function ChannelsPage() {
  return <PageTitle title="Channels" />
}
