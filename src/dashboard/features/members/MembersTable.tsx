import { Badge, Group, Table, Text } from '@mantine/core'
import type { Member } from '../../api/types.ts'
import { useMember } from '../../api/useSession.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { roleLabel } from '../../ui/roles.ts'
import { TimeText } from '../../ui/TimeText.tsx'
import { type MemberAction, MemberMenu } from './MemberMenu.tsx'
import classes from './MembersTable.module.css'
import { nameOf } from './memberName.ts'

type Props = { members: Member[] | undefined; onChoose: (action: MemberAction, member: Member) => void }

/** The account's members; undefined while they are read. */
export function MembersTable({ members, onChoose }: Props) {
  return (
    <DataTable
      caption="Members of the account"
      isCards={false}
      isFixed
      columns={[
        { label: 'Member' },
        { label: 'Role', className: classes.role },
        { label: 'Added', className: classes.added, visibleFrom: 'sm' },
        { label: 'Actions', isHidden: true, className: classes.actions },
      ]}
      rows={members}
      waiting={{ rows: 1, height: 42 }}
    >
      {(member) => <Row member={member} onChoose={(action) => onChoose(action, member)} />}
    </DataTable>
  )
}

function Row({ member, onChoose }: { member: Member; onChoose: (action: MemberAction) => void }) {
  const isMine = useMember().id === member.id
  return (
    <Table.Tr>
      <Table.Td className={classes.who}>
        <Group gap={8}>
          <Text size="sm" fw={550} className={classes.name}>
            {nameOf(member)}
          </Text>
          {member.status === 'invited' && (
            <Badge size="sm" variant="default" tt="none">
              Invited
            </Badge>
          )}
          {isMine && (
            <Badge size="sm" variant="default" tt="none">
              You
            </Badge>
          )}
        </Group>
        {member.name !== null && (
          <Text size="sm" c="dimmed" className={classes.name}>
            {member.email}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{roleLabel(member.role)}</Table.Td>
      <Table.Td visibleFrom="sm">
        <TimeText at={member.createdAt} size="sm" />
      </Table.Td>
      <Table.Td ta="right">
        <MemberMenu name={nameOf(member)} isInvited={member.status === 'invited'} onChoose={onChoose} />
      </Table.Td>
    </Table.Tr>
  )
}
