import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { channelTypes } from '../../ui/channels/channelTypes.ts'

const uses = {
  email: 'For people: each message says what happened and has a link to mute the rule.',
  slack: 'For a team: posted to a channel through an incoming webhook.',
  webhook: 'For programs: signed JSON for your own service.',
} as const

/** What the page shows before there is a channel. */
export function NoChannels() {
  return (
    <Paper withBorder p={{ base: 'md', sm: 'xl' }}>
      <Stack gap="lg">
        <Stack gap={4}>
          <Title order={2} size="h4">
            No alert reaches anyone yet
          </Title>
          <Text c="dimmed" maw="44rem">
            Add a channel, then choose it in your alert rules. One channel can serve any number of them.
          </Text>
        </Stack>
        <Stack gap="sm">
          {(Object.keys(uses) as (keyof typeof uses)[]).map((type) => {
            const { icon: Icon, label } = channelTypes[type]
            return (
              <Group key={type} gap="sm" wrap="nowrap" align="flex-start">
                <Icon size={20} stroke={1.75} aria-hidden />
                <Text size="sm">
                  <strong>{label}.</strong> {uses[type]}
                </Text>
              </Group>
            )
          })}
        </Stack>
      </Stack>
    </Paper>
  )
}
