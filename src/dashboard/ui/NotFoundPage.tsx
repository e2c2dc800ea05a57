import { Anchor, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { PageTitle } from './PageTitle.tsx'

export function NotFoundPage() {
  return (
    <Stack>
      <PageTitle title="Page not found" />
      <Text>
        The address may be mistyped, or what it was about has been deleted. Go to{' '}
        <Anchor component={Link} to="/keys" underline="always">
          API keys
        </Anchor>
        .
      </Text>
    </Stack>
  )
}
