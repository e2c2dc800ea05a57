import { Stack, Text } from '@mantine/core'
import { PageTitle } from './PageTitle.tsx'

/** In the place of usage, for viewers; the api would refuse what it asks. */
export function NoUsage({ title }: { title: string }) {
  return (
    <Stack>
      <PageTitle title={title} />
      <Text>Viewers do not see usage. An admin of the account can make you an editor, who does.</Text>
    </Stack>
  )
}
