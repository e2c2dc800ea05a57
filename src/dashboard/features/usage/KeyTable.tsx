import { Anchor, Button, Group, Paper, Table, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link } from 'react-router'
import type { UsageRange } from '../../api/ranges.ts'
import chartClasses from '../../charts/charts.module.css'
import { Mark } from '../../charts/Mark.tsx'
import { RANGES } from '../../charts/ranges.ts'
import { percentText, wholeText } from '../../ui/format/formatNumber.ts'
import classes from './UsagePage.module.css'
import { type KeySums, keyLabel, totalOf } from './usageByKey.ts'

const FIRST = 20
const COLUMNS = ['Requests', 'Share', 'Errors', 'Error rate', 'Refused', 'Units']

/** The sums of each key, and where to read more of it. */
export function KeyTable({ keys, range }: { keys: KeySums[]; range: UsageRange }) {
  const [isAll, all] = useDisclosure()
  const total = totalOf(keys).requests
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="by-key" className={chartClasses.card}>
      <Title order={3} size="h5" id="by-key">
        API keys
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {keys.length === 1 ? 'One was' : `${wholeText(keys.length)} were`} used {RANGES[range].words}, the
        most used first.
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="API keys, a table">
        <Table horizontalSpacing="sm" verticalSpacing={6} aria-labelledby="by-key" className="numbers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">API key</Table.Th>
              {COLUMNS.map((column) => (
                <Table.Th key={column} scope="col" ta="right">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.slice(0, isAll ? undefined : FIRST).map((key) => (
              <KeyLine key={key.keyId} sums={key} total={total} />
            ))}
          </Table.Tbody>
        </Table>
      </section>
      {keys.length > FIRST && (
        <Button size="compact-sm" variant="default" mt="sm" onClick={all.toggle} aria-expanded={isAll}>
          {isAll ? 'Show fewer keys' : `Show all ${wholeText(keys.length)} keys`}
        </Button>
      )}
    </Paper>
  )
}

function KeyLine({ sums, total }: { sums: KeySums; total: number }) {
  const { keyId, name, color, requests, errors, refused, units } = sums
  const cells = [
    wholeText(requests),
    shareText(requests, total),
    wholeText(errors),
    requests === 0 ? '–' : percentText((100 * errors) / requests),
    wholeText(refused),
    wholeText(units),
  ]
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        <Group gap={8} wrap="nowrap">
          <Mark series={{ color }} />
          {name === null ? (
            <span>{keyLabel(sums)}</span>
          ) : (
            <Anchor component={Link} to={`/keys/${keyId}`} size="sm">
              {name}
            </Anchor>
          )}
        </Group>
      </Table.Th>
      {cells.map((cell, index) => (
        <Table.Td key={COLUMNS[index]} ta="right">
          {cell}
        </Table.Td>
      ))}
    </Table.Tr>
  )
}

/** With one decimal, so that shares stand below each other; one that is not zero never reads as `0.0 %`. */
function shareText(part: number, total: number): string {
  if (total === 0) return '–'
  const percent = (100 * part) / total
  return percent > 0 && percent < 0.05 ? '< 0.1 %' : `${percent.toFixed(1)} %`
}
