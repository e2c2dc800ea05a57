import { NavLink, Text } from '@mantine/core'
import {
  IconBell,
  IconChartHistogram,
  IconChevronLeft,
  IconHistory,
  IconKey,
  IconSend,
  IconSpeakerphone,
  IconUsers,
} from '@tabler/icons-react'
import { Link, useLocation } from 'react-router'
import type { Role } from '../../api/types.ts'
import { useMember, useSession } from '../../api/useSession.ts'
import { backTo } from '../../ui/configured.ts'

type Entry = { to: string; label: string; icon: typeof IconKey; roles: readonly Role[] }

const everybody = ['admin', 'editor', 'viewer'] as const
const groups: { title?: string; entries: Entry[] }[] = [
  { entries: [{ to: '/usage', label: 'Usage', icon: IconChartHistogram, roles: ['admin', 'editor'] }] },
  {
    title: 'Settings',
    entries: [
      { to: '/keys', label: 'API Keys', icon: IconKey, roles: everybody },
      { to: '/alerts', label: 'Alerts', icon: IconBell, roles: ['admin'] },
      { to: '/channels', label: 'Channels', icon: IconSpeakerphone, roles: ['admin'] },
      { to: '/notifications', label: 'Notifications', icon: IconSend, roles: ['admin'] },
      { to: '/members', label: 'Members', icon: IconUsers, roles: ['admin'] },
      { to: '/audit-log', label: 'Audit log', icon: IconHistory, roles: ['admin'] },
    ],
  },
]

/** The library's own colour has too little contrast under the pointer. */
const readable = () => ({
  root: { '--nl-color': 'light-dark(var(--mantine-color-indigo-9), var(--mantine-color-indigo-1))' },
  children: {},
})

/** Where one can go; only what the role may see. For a guest, the way back comes first. */
export function Navigation() {
  const { pathname } = useLocation()
  const { role } = useMember()
  const returnUrl = useSession().data?.guest?.returnUrl
  return (
    <nav aria-label="Main">
      {returnUrl && (
        <NavLink
          href={returnUrl}
          label={backTo(returnUrl)}
          leftSection={<IconChevronLeft size={18} stroke={1.75} aria-hidden />}
          vars={readable}
          mb="xs"
        />
      )}
      {groups.map(({ title, entries }) => {
        const mine = entries.filter(({ roles }) => roles.includes(role))
        if (mine.length === 0) return null
        return (
          <div key={title ?? 'top'}>
            {title && (
              <Text size="xs" fw={600} c="dimmed" mt="md" mb={4} px="sm">
                {title}
              </Text>
            )}
            {mine.map(({ to, label, icon: Icon }) => {
              const isHere = pathname === to || pathname.startsWith(`${to}/`)
              return (
                <NavLink
                  key={to}
                  component={Link}
                  to={to}
                  label={label}
                  leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
                  active={isHere}
                  vars={readable}
                  aria-current={isHere ? 'page' : undefined}
                />
              )
            })}
          </div>
        )
      })}
    </nav>
  )
}
