import { Anchor, Group, Skeleton, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { Link } from 'react-router'
import type { Channel } from '../../api/queries/alerts.ts'
import { channelTypes } from '../../ui/channels/channelTypes.ts'
import cards from '../../ui/DataTable.module.css'
import { TimeText } from '../../ui/TimeText.tsx'
import { type ChannelAction, ChannelMenu } from './ChannelMenu.tsx'
import { ChannelStatus } from './ChannelStatus.tsx'
import classes from './ChannelsTable.module.css'

type Props = {
  channels: Channel[] | undefined
  choose: (action: ChannelAction, channel: Channel) => void
}

/** The account's channels; undefined while they are read. */
export function ChannelsTable({ channels, choose }: Props) {
  return (
    <Table
      verticalSpacing="sm"
      horizontalSpacing="md"
      className={`${cards.table} ${classes.table}`}
      aria-busy={!channels}
    >
      <Table.Caption className={cards.caption}>Channels</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Channel</Table.Th>
          <Table.Th scope="col" className={classes.status}>
            Status
          </Table.Th>
          <Table.Th scope="col" className={classes.added}>
            Added
          </Table.Th>
          <Table.Th scope="col" className={classes.actions}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {channels?.map((channel) => (
          <Row key={channel.id} channel={channel} choose={(action) => choose(action, channel)} />
        )) ?? <Waiting />}
      </Table.Tbody>
    </Table>
  )
}

function Row({ channel, choose }: { channel: Channel; choose: (action: ChannelAction) => void }) {
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
        <ChannelMenu channel={channel} choose={choose} />
      </Table.Td>
    </Table.Tr>
  )
}

function Waiting() {
  return [1, 2].map((row) => (
    <Table.Tr key={row}>
      <Table.Td colSpan={4}>
        <Skeleton height={56} />
      </Table.Td>
    </Table.Tr>
  ))
}
