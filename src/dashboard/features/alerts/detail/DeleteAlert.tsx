import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { client } from '../../../api/client.ts'
import { alertQuery } from '../../../api/queries/alerts.ts'
import type { Rule } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx'

type Props = { rule: Rule; onClose: () => void }

/** Asks before a rule goes. */
export function DeleteAlert({ rule, onClose }: Props) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const remove = useCommand(() => client.DELETE('/alerts/{id}', { params: { path: { id: rule.id } } }), {
    changes: ['alerts', 'notifications'],
    onDone: () => {
      notifications.show({ message: `${rule.name} is deleted.` })
      navigate('/alerts')
      queries.removeQueries({ queryKey: alertQuery(rule.id).queryKey })
    },
  })
  return (
    <ConfirmDialog title={`Delete ${rule.name}?`} command={remove} label="Delete the rule" onClose={onClose}>
      Its incidents end. To stop notifications for a while, mute the rule or switch it off.
    </ConfirmDialog>
  )
}
