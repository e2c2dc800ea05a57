import { Badge, Group, Skeleton, Table, Text, VisuallyHidden } from '@mantine/core'
import { useMember } from '../../api/useSession.ts'
import { roleLabel } from '../../ui/roles.ts'
import { TimeText } from '../../ui/TimeText.tsx'
import { type MemberAction, MemberMenu } from './MemberMenu.tsx'
import classes from './MembersTable.module.css'
import { type Member, nameOf } from './memberFields.ts'

type Props = { members: Member[] | undefined; choose: (action: MemberAction, member: Member) => void }

/** The account's members; undefined while they are read. */
export function MembersTable({ members, choose }: Props) {
  return (
    <Table verticalSpacing="sm" className={classes.table} aria-busy={members === undefined}>
      <Table.Caption className={classes.caption}>Members of the account</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Member</Table.Th>
          <Table.Th scope="col" className={classes.role}>
            Role
          </Table.Th>
          <Table.Th scope="col" visibleFrom="sm" className={classes.added}>
            Added
          </Table.Th>
          <Table.Th scope="col" className={classes.actions}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {members?.map((member) => (
          <Row key={member.id} member={member} choose={(action) => choose(action, member)} />
        )) ?? <Waiting />}
      </Table.Tbody>
    </Table>
  )
}

function Row({ member, choose }: { member: Member; choose: (action: MemberAction) => void }) {
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
        <MemberMenu name={nameOf(member)} isInvited={member.status === 'invited'} choose={choose} />
      </Table.Td>
    </Table.Tr>
  )
}

function Waiting() {
  return (
    <Table.Tr>
      <Table.Td colSpan={4}>
        <Skeleton height={42} />
      </Table.Td>
    </Table.Tr>
  )
}
