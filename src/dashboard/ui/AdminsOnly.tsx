import { Stack, Text } from '@mantine/core'
import { PageTitle } from './PageTitle.tsx'

/** In the place of a page that a member's role does not let them see; the api would refuse what it asks. */
export function AdminsOnly({ title }: { title: string }) {
  return (
    <Stack>
      <PageTitle title={title} />
      <Text>Only admins of the account see this page. An admin can give you that role.</Text>
    </Stack>
  )
}
