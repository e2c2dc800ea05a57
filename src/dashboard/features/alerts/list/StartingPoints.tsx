import { Paper, SimpleGrid, Stack, Text, ThemeIcon, Title, UnstyledButton } from '@mantine/core'
import { IconActivity, IconAlertTriangle, IconClock } from '@tabler/icons-react'
import { Link } from 'react-router'
import classes from './StartingPoints.module.css'

const points = [
  {
    metric: 'requests',
    icon: IconActivity,
    title: 'Requests exceed a number',
    text: 'A runaway loop, or a leaked key.',
  },
  {
    metric: 'error_rate',
    icon: IconAlertTriangle,
    title: 'Error rate above a percentage',
    text: 'A release that broke something, or a caller that sends nonsense.',
  },
  {
    metric: 'latency_p95',
    icon: IconClock,
    title: 'Latency above a limit',
    text: 'Requests that take longer than your users will wait.',
  },
] as const

/** What the page shows before there is a rule: what one is for, and three to begin with. */
export function StartingPoints() {
  return (
    <Paper withBorder p={{ base: 'md', sm: 'xl' }}>
      <Stack gap="lg">
        <Stack gap={4}>
          <Title order={2} size="h4">
            Know before your users do
          </Title>
          <Text c="dimmed" maw="44rem">
            A rule watches the usage of the account or of some keys and notifies you by email, Slack or
            webhook: once when a limit is crossed, and once when it is over. Begin with one of these; you see
            what it would have done in the last seven days before you save it.
          </Text>
        </Stack>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
          {points.map(({ metric, icon: Icon, title, text }) => (
            <UnstyledButton
              key={metric}
              component={Link}
              to={`/alerts/new?metric=${metric}`}
              className={classes.point}
            >
              <ThemeIcon variant="light" size={36} aria-hidden>
                <Icon size={20} stroke={1.75} />
              </ThemeIcon>
              <Text fw={600} size="sm" mt="sm">
                {title}
              </Text>
              <Text size="sm" c="dimmed">
                {text}
              </Text>
            </UnstyledButton>
          ))}
        </SimpleGrid>
      </Stack>
    </Paper>
  )
}
