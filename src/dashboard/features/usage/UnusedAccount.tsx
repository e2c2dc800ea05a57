import { Anchor, Paper, Stack, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import type { UsageRange } from '../../api/ranges.ts'
import { RANGES } from '../../charts/ranges.ts'

/** In the place of the chart, while there is nothing to draw. */
export function UnusedAccount({ range }: { range: UsageRange }) {
  return (
    <Paper withBorder p="xl" component="section" aria-labelledby="unused">
      <Stack gap="xs" maw="40rem">
        <Title order={3} size="h5" id="unused">
          No key was used {RANGES[range].words}
        </Title>
        <Text size="sm">
          Every request that carries one of the account’s{' '}
          <Anchor component={Link} to="/keys" inherit underline="always">
            API keys
          </Anchor>{' '}
          shows here within seconds, also the refused ones. Calls that manage the account are not counted.
        </Text>
      </Stack>
    </Paper>
  )
}
