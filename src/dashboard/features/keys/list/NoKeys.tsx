import { Anchor, Button, Paper, Stack, Text, Title } from '@mantine/core'

/** In the place of the list while there is nothing to list. */
export function NoKeys({ onCreate }: { onCreate: () => void }) {
  return (
    <Paper withBorder p="xl">
      <Stack align="flex-start" gap="sm" maw={560}>
        <Title order={2} size="h4">
          Create your first key
        </Title>
        <Text>
          Your programs send a key with every request, and you see here what each key does. Give each service
          its own key, so that you can rotate or revoke one without the others.
        </Text>
        <Text>
          Begin with a test key: it gets 100 renders a day, with a watermark, and does not count against the
          plan. See the{' '}
          <Anchor href="/docs" underline="always">
            API reference
          </Anchor>{' '}
          for doing all of this by REST.
        </Text>
        <Button onClick={onCreate}>Create Key</Button>
      </Stack>
    </Paper>
  )
}
