import { Button, Stack, Text } from '@mantine/core'
import { useRouteError } from 'react-router'
import { messageOf } from '../api/ProblemError.ts'
import { PageTitle } from '../ui/PageTitle.tsx'

/** In the place of a page that could not be shown, or of the one that a new release has made unreadable. */
export function PageError() {
  const error = useRouteError()
  return (
    <Stack p="xl" align="flex-start" component="main">
      <PageTitle title="This page could not be shown" />
      <Text>{messageOf(error)}</Text>
      <Button onClick={() => location.reload()}>Reload the page</Button>
    </Stack>
  )
}
