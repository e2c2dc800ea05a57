import { Button, Paper, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { channelsQuery } from '../../api/queries/channels.ts'
import type { Channel } from '../../api/types.ts'
import { useMember } from '../../api/useSession.ts'
import { AdminsOnly } from '../../ui/AdminsOnly.tsx'
import { AddChannel } from '../../ui/channels/AddChannel.tsx'
import { LoadError } from '../../ui/LoadError.tsx'
import { PageTitle } from '../../ui/PageTitle.tsx'
import type { ChannelAction } from './ChannelMenu.tsx'
import { ChannelsTable } from './ChannelsTable.tsx'
import { DeleteChannel } from './DeleteChannel.tsx'
import { EditChannel } from './EditChannel.tsx'
import { NoChannels } from './NoChannels.tsx'
import { RotateSecret } from './RotateSecret.tsx'
import { TestChannel } from './TestChannel.tsx'

/** Where alerts go. */
export function ChannelsPage() {
  return useMember().role === 'admin' ? <Channels /> : <AdminsOnly title="Channels" />
}

type Open = { action: 'add' } | { action: ChannelAction; channel: Channel }

function Channels() {
  const channels = useQuery(channelsQuery)
  const [open, setOpen] = useState<Open>()
  const add = () => setOpen({ action: 'add' })
  return (
    <Stack gap="lg">
      <PageTitle
        title="Channels"
        description="Where alerts are sent. A channel must be verified before it receives alerts."
      >
        <Button onClick={add} leftSection={<IconPlus size={16} aria-hidden />}>
          Add a channel
        </Button>
      </PageTitle>
      {channels.error ? (
        <LoadError error={channels.error} onRetry={() => channels.refetch()} />
      ) : channels.data?.channels.length === 0 ? (
        <NoChannels />
      ) : (
        <Paper withBorder>
          <ChannelsTable
            channels={channels.data?.channels}
            onChoose={(action, channel) => setOpen({ action, channel })}
          />
        </Paper>
      )}
      {open && <Dialog open={open} onClose={() => setOpen(undefined)} />}
    </Stack>
  )
}

function Dialog({ open, onClose }: { open: Open; onClose: () => void }) {
  if (open.action === 'add') return <AddChannel onClose={onClose} />
  const { channel } = open
  switch (open.action) {
    case 'test':
      return <TestChannel channel={channel} onClose={onClose} />
    case 'edit':
      return <EditChannel channel={channel} onClose={onClose} />
    case 'rotate':
      return <RotateSecret channel={channel} onClose={onClose} />
    case 'delete':
      return <DeleteChannel channel={channel} onClose={onClose} />
  }
}
