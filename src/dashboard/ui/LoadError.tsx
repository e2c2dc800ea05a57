import { Alert, Button, Stack, Text } from '@mantine/core'
import { messageOf } from '../api/ProblemError.ts'

type Props = { error: unknown; retry: () => void }

/** In the place of what could not be read. */
export function LoadError({ error, retry }: Props) {
  return (
    <Alert color="red" variant="light" role="alert" title="This could not be read">
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{messageOf(error)}</Text>
        <Button size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      </Stack>
    </Alert>
  )
}
