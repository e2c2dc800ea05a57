import { Alert, Button, Stack, Text } from '@mantine/core'
import { messageOf } from '../api/ProblemError.ts'

type Props = { error: unknown; onRetry: () => void }

/** In the place of what could not be loaded. */
export function LoadError({ error, onRetry }: Props) {
  return (
    <Alert color="red" variant="light" role="alert" title="This could not be loaded">
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{messageOf(error)}</Text>
        <Button size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      </Stack>
    </Alert>
  )
}
