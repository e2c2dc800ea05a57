import { Button, Paper, Table, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Callers } from '../../../api/types.ts'
import { wholeText } from '../../../ui/format/formatNumber.ts'
import { dateText } from '../../../ui/format/formatTime.ts'
import { TimeText } from '../../../ui/TimeText.tsx'
import classes from './KeyPage.module.css'
import { type Network, networksOf } from './networks.ts'

/** Networks that are shown at first. */
const FIRST = 6
/** Addresses that the api lists at most. */
const MOST_ADDRESSES = 100

/** From which networks the key was used. */
export function CallersCard({ callers }: { callers: Callers }) {
  const [isAll, all] = useDisclosure()
  const networks = networksOf(callers.ips)
  const shown = isAll ? networks : networks.slice(0, FIRST)
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="callers" className={classes.list}>
      <Title order={3} size="h5" id="callers">
        Callers’ networks
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {sentenceOf(callers, networks.length)}
      </Text>
      {networks.length > 0 && <NetworkTable networks={shown} />}
      {networks.length > FIRST && (
        <Button size="compact-sm" variant="default" mt="sm" onClick={all.toggle} aria-expanded={isAll}>
          {isAll ? 'Show fewer networks' : `Show all ${networks.length} networks`}
        </Button>
      )}
    </Paper>
  )
}

function sentenceOf({ days, ips }: Callers, networks: number): string {
  const since = days[0] ? `since ${dateText(days[0].day)}` : ''
  if (ips.length === 0) return `No caller’s address was reported ${since}.`
  const addresses = `${wholeText(ips.length)} ${ips.length === 1 ? 'address' : 'addresses'}`
  const of = `${wholeText(networks)} ${networks === 1 ? 'network' : 'networks'}`
  if (ips.length < MOST_ADDRESSES) return `${addresses} in ${of} ${since}, latest first.`
  return `The ${MOST_ADDRESSES} addresses ${since} that were seen last are in ${of}.`
}

function NetworkTable({ networks }: { networks: Network[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={classes.scroll} tabIndex={0} aria-label="Callers’ networks, a table">
      <Table horizontalSpacing={0} verticalSpacing={6} aria-labelledby="callers">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Network</Table.Th>
            <Table.Th scope="col" ta="right">
              Requests
            </Table.Th>
            <Table.Th scope="col" ta="right">
              Refused
            </Table.Th>
            <Table.Th scope="col" ta="right">
              Last seen
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="numbers">
          {networks.map(({ name, addresses, requests, refused, lastSeenAt }) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400}>
                <span className="mono">{name}</span>
                {addresses > 1 && (
                  <Text size="xs" c="dimmed">
                    {wholeText(addresses)} addresses
                  </Text>
                )}
              </Table.Th>
              <Table.Td ta="right">{wholeText(requests)}</Table.Td>
              <Table.Td ta="right">{wholeText(refused)}</Table.Td>
              <Table.Td ta="right" className={classes.nowrap}>
                <TimeText at={lastSeenAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
