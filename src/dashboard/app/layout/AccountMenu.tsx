import { Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { bodyOf, client } from '../../api/client.ts'
import { messageOf } from '../../api/ProblemError.ts'
import { sessionQuery } from '../../api/queries/session.ts'
import type { Session } from '../../api/types.ts'
import { forgetAccount } from '../../api/useSession.ts'
import classes from './AccountMenu.module.css'
import { OwnPassword } from './OwnPassword.tsx'

/**
 * Who is signed in, their other accounts, the colour scheme, one's own password, and the way out. A guest has no
 * password; out, for them, is where they came from.
 */
export function AccountMenu({ session: { member, guest, accountId, accounts } }: { session: Session }) {
  const email = (member ?? guest)?.email ?? 'Guest'
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [isChanging, changing] = useDisclosure()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useMutation({
    mutationFn: () => client.DELETE('/session'),
    onSuccess: () => {
      if (guest?.returnUrl) return location.assign(guest.returnUrl)
      forgetAccount(queries)
      queries.setQueryData(sessionQuery.queryKey, null)
    },
  })
  const change = useMutation({
    mutationFn: (other: string) => bodyOf(client.POST('/session/account', { body: { accountId: other } })),
    onSuccess: (session) => {
      forgetAccount(queries)
      queries.setQueryData(sessionQuery.queryKey, session)
      void navigate('/')
    },
    onError: (error) => notifications.show({ color: 'red', message: messageOf(error) }),
  })
  return (
    <>
      {isChanging && <OwnPassword onClose={changing.close} />}
      <Menu position="bottom-end" width={240} withinPortal={false}>
        <Menu.Target>
          <UnstyledButton className={classes.target}>
            <Text size="sm" truncate>
              {member?.name ?? email}
            </Text>
            <IconChevronDown size={16} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Text component="div" size="xs" c="dimmed" px="sm" pt={4}>
            {email}
          </Text>
          <Text component="div" size="xs" c="dimmed" px="sm" pb={4}>
            {(member ?? guest)?.role}
          </Text>
          {accounts.length > 1 && (
            <>
              <Menu.Divider />
              <Menu.Label>Account</Menu.Label>
              {accounts.map((account) => {
                const isHere = account.accountId === accountId
                return (
                  <Menu.Item
                    key={account.accountId}
                    aria-current={isHere || undefined}
                    rightSection={isHere && <IconCheck size={16} aria-hidden />}
                    onClick={() => isHere || change.mutate(account.accountId)}
                  >
                    {account.name}
                  </Menu.Item>
                )
              })}
            </>
          )}
          <Menu.Divider />
          <Menu.Label>Colour scheme</Menu.Label>
          <Menu.RadioGroup
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
          >
            <Menu.RadioItem value="light">Light</Menu.RadioItem>
            <Menu.RadioItem value="dark">Dark</Menu.RadioItem>
            <Menu.RadioItem value="auto">Match system</Menu.RadioItem>
          </Menu.RadioGroup>
          <Menu.Divider />
          {member && <Menu.Item onClick={changing.open}>Change your password</Menu.Item>}
          <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
