import { Code, Paper, Stack, Text, Title } from '@mantine/core'

/** In the place of charts, while there is nothing to draw. */
export function UnusedKey() {
  return (
    <Paper withBorder p="xl" component="section" aria-labelledby="unused">
      <Stack gap="xs" maw="40rem">
        <Title order={3} size="h5" id="unused">
          Nothing has used this key in the last 30 days
        </Title>
        <Text size="sm">
          Send it with a request, as in this header. The request shows here within seconds.
        </Text>
        <Code block tabIndex={0}>
          {'Authorization: Bearer pk_…'}
        </Code>
      </Stack>
    </Paper>
  )
}
