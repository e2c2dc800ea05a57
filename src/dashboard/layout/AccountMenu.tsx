import { Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { client } from '../api/client.ts'
import classes from './AccountMenu.module.css'
import { OwnPassword } from './OwnPassword.tsx'

type Props = { member: { email: string; name: string | null; role: string } }

/** Who is signed in, the colour scheme, one's own password, and the way out. */
export function AccountMenu({ member }: Props) {
  const queries = useQueryClient()
  const [isChanging, changing] = useDisclosure()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = useMutation({
    mutationFn: () => client.DELETE('/session'),
    onSuccess: () => {
      // Nothing of the account stays in the page's memory.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
      queries.setQueryData(['session'], null)
    },
  })
  return (
    <>
      {isChanging && <OwnPassword close={changing.close} />}
      <Menu position="bottom-end" width={240} withinPortal={false}>
        <Menu.Target>
          <UnstyledButton className={classes.target}>
            <Text size="sm" truncate>
              {member.name ?? member.email}
            </Text>
            <IconChevronDown size={16} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Text component="div" size="xs" c="dimmed" px="sm" pt={4}>
            {member.email}
          </Text>
          <Text component="div" size="xs" c="dimmed" px="sm" pb={4}>
            {member.role}
          </Text>
          <Menu.Divider />
          <Menu.Label>Colour scheme</Menu.Label>
          <Menu.RadioGroup
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
          >
            <Menu.RadioItem value="light">Light</Menu.RadioItem>
            <Menu.RadioItem value="dark">Dark</Menu.RadioItem>
            <Menu.RadioItem value="auto">As the system</Menu.RadioItem>
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item onClick={changing.open}>Change your password</Menu.Item>
          <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
