import { Anchor, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { channelsQuery, type Rule } from '../../../api/queries/alerts.ts'
import cards from '../../../ui/DataTable.module.css'
import { EnabledSwitch } from '../EnabledSwitch.tsx'
import { conditionText, list } from '../ruleSentence.ts'
import { SeverityText } from '../SeverityText.tsx'
import { StateBadge } from '../StateBadge.tsx'
import { useKeyNames } from '../useKeyNames.ts'
import classes from './AlertsTable.module.css'

const keysOf = ({ scope }: Rule) => ('keyIds' in scope ? scope.keyIds : null)

/** Rules, the newest last; undefined while they are read. */
export function AlertsTable({ alerts }: { alerts: Rule[] | undefined }) {
  // A sentence names three keys at most.
  const nameOf = useKeyNames((alerts ?? []).flatMap((rule) => keysOf(rule)?.slice(0, 3) ?? []))
  const { data } = useQuery(channelsQuery)
  const channels = new Map(data?.channels.map(({ id, name }) => [id, name]))
  return (
    <Table
      verticalSpacing="sm"
      horizontalSpacing="md"
      className={`${cards.table} ${classes.table}`}
      aria-busy={!alerts}
    >
      <Table.Caption className={cards.caption}>Alert rules</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Rule</Table.Th>
          <Table.Th scope="col" className={classes.state}>
            State
          </Table.Th>
          <Table.Th scope="col" className={classes.severity}>
            Severity
          </Table.Th>
          <Table.Th scope="col" className={classes.channels}>
            Channels
          </Table.Th>
          <Table.Th scope="col" className={classes.switch}>
            On
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {alerts?.map((rule) => (
          <Table.Tr key={rule.id}>
            <Table.Td>
              <Stack gap={2}>
                <Anchor component={Link} to={`/alerts/${rule.id}`} size="sm" fw={600} c="bright">
                  {rule.name}
                </Anchor>
                <Text size="sm" c="dimmed" className={classes.condition}>
                  {conditionText({ ...rule, keys: keysOf(rule)?.map(nameOf) ?? null })}
                </Text>
              </Stack>
            </Table.Td>
            <Table.Td data-label="State">
              <span>
                <StateBadge {...rule} />
              </span>
            </Table.Td>
            <Table.Td data-label="Severity">
              <SeverityText severity={rule.severity} />
            </Table.Td>
            <Table.Td data-label="Channels">
              <Channels names={rule.channelIds.map((id) => channels.get(id) ?? '…')} />
            </Table.Td>
            <Table.Td data-label="On">
              <EnabledSwitch rule={rule} />
            </Table.Td>
          </Table.Tr>
        )) ?? <Waiting />}
      </Table.Tbody>
    </Table>
  )
}

function Channels({ names }: { names: string[] }) {
  if (names.length === 0)
    return (
      <Text span size="sm" c="dimmed">
        nobody is notified
      </Text>
    )
  const shown = names.length > 2 ? [...names.slice(0, 2), `${names.length - 2} more`] : names
  return <>{list(shown, 'and')}</>
}

function Waiting() {
  return [1, 2, 3].map((row) => (
    <Table.Tr key={row}>
      <Table.Td colSpan={5}>
        <Skeleton height={40} />
      </Table.Td>
    </Table.Tr>
  ))
}
