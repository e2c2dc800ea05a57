import { Anchor, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { channelsQuery } from '../../../api/queries/channels.ts'
import type { Rule } from '../../../api/types.ts'
import { DataTable } from '../../../ui/DataTable.tsx'
import { listText } from '../../../ui/format/listText.ts'
import { EnabledSwitch } from '../EnabledSwitch.tsx'
import { conditionText } from '../ruleSentence.ts'
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
    <DataTable
      caption="Alert rules"
      horizontalSpacing="md"
      isFixed
      columns={[
        { label: 'Rule' },
        { label: 'State', className: classes.state },
        { label: 'Severity', className: classes.severity },
        { label: 'Channels', className: classes.channels },
        { label: 'On', className: classes.switch },
      ]}
      rows={alerts}
      waiting={{ rows: 3, height: 40 }}
    >
      {(rule) => (
        <Table.Tr>
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
      )}
    </DataTable>
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
  return <>{listText(shown, 'and')}</>
}
