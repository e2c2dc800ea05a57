import { Button, Modal, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { membersQuery } from '../../api/queries/members.ts'
import type { Member } from '../../api/types.ts'
import { useMember } from '../../api/useSession.ts'
import { AdminsOnly } from '../../ui/AdminsOnly.tsx'
import { LoadError } from '../../ui/LoadError.tsx'
import { PageTitle } from '../../ui/PageTitle.tsx'
import { roles } from '../../ui/roles.ts'
import { AddMember } from './AddMember.tsx'
import { ChangePassword } from './ChangePassword.tsx'
import { EditMember } from './EditMember.tsx'
import { InviteAgain } from './InviteAgain.tsx'
import type { MemberAction } from './MemberMenu.tsx'
import { MembersTable } from './MembersTable.tsx'
import { nameOf } from './memberName.ts'
import { RemoveMember } from './RemoveMember.tsx'

type Open = { action: 'add' } | { action: MemberAction; member: Member }

/** Who can sign in, and what each of them may do. */
export function MembersPage() {
  return useMember().role === 'admin' ? <Members /> : <AdminsOnly title="Members" />
}

function Members() {
  const members = useQuery(membersQuery)
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  return (
    <Stack gap="lg">
      <PageTitle title="Members" description="Who can sign in to this dashboard, and what they may do.">
        <Button onClick={() => setOpen({ action: 'add' })}>Invite a member</Button>
      </PageTitle>
      {members.error ? (
        <LoadError error={members.error} onRetry={() => members.refetch()} />
      ) : (
        <Paper withBorder>
          <MembersTable
            members={members.data?.members}
            onChoose={(action, member) => setOpen({ action, member })}
          />
        </Paper>
      )}
      <Roles />
      <Modal
        opened={open !== undefined}
        onClose={close}
        title={open && titleOf(open)}
        closeButtonProps={{ 'aria-label': 'Close' }}
        centered
      >
        {open && <Dialog open={open} onClose={close} />}
      </Modal>
    </Stack>
  )
}

function Roles() {
  return (
    <section aria-labelledby="roles">
      <Title order={2} size="h5" id="roles" mb="xs">
        Roles
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }} component="dl" m={0}>
        {roles.map(({ role, label, sentence }) => (
          <div key={role}>
            <Text component="dt" size="sm" fw={550}>
              {label}
            </Text>
            <Text component="dd" size="sm" c="dimmed" m={0}>
              {sentence}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </section>
  )
}

function titleOf(open: Open): string {
  if (open.action === 'add') return 'Invite a member'
  const name = nameOf(open.member)
  if (open.action === 'edit') return `Change ${name}`
  if (open.action === 'invite') return `Invite ${name} again?`
  return open.action === 'password' ? `Change the password of ${name}` : `Remove ${name}?`
}

function Dialog({ open, onClose }: { open: Open; onClose: () => void }) {
  if (open.action === 'add') return <AddMember onClose={onClose} />
  if (open.action === 'edit') return <EditMember member={open.member} onClose={onClose} />
  if (open.action === 'invite') return <InviteAgain member={open.member} onClose={onClose} />
  if (open.action === 'password') return <ChangePassword member={open.member} onClose={onClose} />
  return <RemoveMember member={open.member} onClose={onClose} />
}
