import { Paper, Table, Text, Title } from '@mantine/core'
import type { KeyRange } from '../../../api/ranges.ts'
import type { WindowUsage } from '../../../api/types.ts'
import { RANGES } from '../../../charts/ranges.ts'
import { percentText, wholeText } from '../../../ui/format/formatNumber.ts'
import classes from './KeyPage.module.css'
import { reasonText, refusalsOf } from './refusals.ts'

type Props = { range: KeyRange; window: WindowUsage }

/** Why verifications of the key were refused. */
export function RefusalsCard({ range, window }: Props) {
  const refusals = refusalsOf(window.refusedByCode)
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="refusals" className={classes.list}>
      <Title order={3} size="h5" id="refusals">
        Refusals by reason
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {refusals.length === 0
          ? `Nothing was refused ${RANGES[range].words}.`
          : `${wholeText(window.refused)} refused ${RANGES[range].words}. They are not counted as requests.`}
      </Text>
      {refusals.length > 0 && (
        <Table horizontalSpacing={0} verticalSpacing={6} aria-labelledby="refusals">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Reason</Table.Th>
              <Table.Th scope="col" ta="right">
                Refused
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refusals.map(([code, count]) => (
              <Table.Tr key={code}>
                <Table.Td>
                  <Text size="sm">{reasonText(code)}</Text>
                  <Text size="xs" c="dimmed" className="mono">
                    {code}
                  </Text>
                  <div className={classes.bar} aria-hidden>
                    <div style={{ width: `${(100 * count) / window.refused}%` }} />
                  </div>
                </Table.Td>
                <Table.Td ta="right" className="numbers" valign="top">
                  <Text size="sm">{wholeText(count)}</Text>
                  <Text size="xs" c="dimmed">
                    {percentText((100 * count) / window.refused)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  )
}
