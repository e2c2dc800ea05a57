import { Button, Group, List, Stack, Text } from '@mantine/core'
import type { FanOut } from '../../../api/types.ts'
import { durationText } from '../../../ui/format/formatNumber.ts'

const outcomes = {
  confirmed: 'confirmed',
  lapsed: 'cut off; its lease has run out',
}

/** Where a revocation is true, and since when. */
export function RevocationResult({ fanOut, onClose }: { fanOut: FanOut; onClose: () => void }) {
  return (
    <Stack>
      <Text size="sm" role="status">
        No request that starts now is accepted, in any region. That took {durationText(fanOut.tookMs)}.
      </Text>
      <List size="sm" aria-label="Regions">
        {fanOut.regions.map(({ region, outcome, tookMs }) => (
          <List.Item key={region}>
            {region}: {outcomes[outcome]}, after {durationText(tookMs)}
          </List.Item>
        ))}
      </List>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
