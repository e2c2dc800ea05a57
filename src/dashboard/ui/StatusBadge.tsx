import { Badge } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './StatusBadge.module.css'

type Tone = 'good' | 'waiting' | 'bad' | 'off'

type Props = {
  tone: Tone
  icon: Icon
  children: ReactNode
  /** What calls for somebody now. */
  isLoud?: boolean
  /** After the word. */
  mark?: ReactNode
}

/** A status by word, icon and colour, readable in both schemes. */
export function StatusBadge({ tone, icon: Icon, children, isLoud = false, mark }: Props) {
  return (
    <Badge
      className={classes.badge}
      mod={{ tone, loud: isLoud }}
      tt="none"
      leftSection={<Icon size={13} aria-hidden />}
      rightSection={mark}
    >
      {children}
    </Badge>
  )
}
