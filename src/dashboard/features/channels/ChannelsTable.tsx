import { Anchor, Group, Stack, Table, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Channel } from '../../api/types.ts'
import { channelTypes } from '../../ui/channels/channelTypes.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { TimeText } from '../../ui/TimeText.tsx'
import { type ChannelAction, ChannelMenu } from './ChannelMenu.tsx'
import { ChannelStatus } from './ChannelStatus.tsx'
import classes from './ChannelsTable.module.css'

type Props = {
  channels: Channel[] | undefined
  onChoose: (action: ChannelAction, channel: Channel) => void
}

/** The account's channels; undefined while they are read. */
export function ChannelsTable({ channels, onChoose }: Props) {
  return (
    <DataTable
      caption="Channels"
      horizontalSpacing="md"
      isFixed
      className={classes.table}
      columns={[
        { label: 'Channel' },
        { label: 'Status', className: classes.status },
        { label: 'Added', className: classes.added },
        { label: 'Actions', isHidden: true, className: classes.actions },
      ]}
      rows={channels}
      waiting={{ rows: 2, height: 56 }}
    >
      {(channel) => <Row channel={channel} onChoose={(action) => onChoose(action, channel)} />}
    </DataTable>
  )
}

function Row({ channel, onChoose }: { channel: Channel; onChoose: (action: ChannelAction) => void }) {
  const { icon: Icon, label } = channelTypes[channel.type]
  return (
    <Table.Tr>
      <Table.Td className={classes.who}>
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <Icon size={20} stroke={1.75} className={classes.icon} aria-hidden />
          <Stack gap={2}>
            <Text size="sm" fw={600}>
              {channel.name}
            </Text>
            <Text size="sm" c="dimmed">
              {label} · <span className={channel.to ? '' : 'mono'}>{channel.to ?? channel.url}</span>
            </Text>
            <Anchor size="xs" component={Link} to={`/notifications?channelId=${channel.id}`}>
              Its messages
            </Anchor>
          </Stack>
        </Group>
      </Table.Td>
      <Table.Td data-label="Status">
        <ChannelStatus channel={channel} />
      </Table.Td>
      <Table.Td data-label="Added">
        <span>
          <TimeText at={channel.createdAt} size="sm" />
        </span>
      </Table.Td>
      <Table.Td className={classes.menu}>
        <ChannelMenu channel={channel} onChoose={onChoose} />
      </Table.Td>
    </Table.Tr>
  )
}
