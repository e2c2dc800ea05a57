import { Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { client } from '../../api/client.ts'
import { messageOf } from '../../api/ProblemError.ts'
import type { Rule } from '../../api/types.ts'
import { useCommand } from '../../api/useCommand.ts'

/** Switches a rule on and off. It shows what was asked for until the command is done, then what is. */
export function EnabledSwitch({
  rule,
  label,
}: {
  rule: Pick<Rule, 'id' | 'name' | 'enabled'>
  label?: string
}) {
  const { id, name, enabled } = rule
  const change = useCommand(
    (wanted: boolean) =>
      client.PATCH('/alerts/{id}', { params: { path: { id } }, body: { enabled: wanted } }),
    {
      changes: ['alerts', 'alert'],
      onError: (error) => notifications.show({ color: 'red', title: name, message: messageOf(error) }),
    },
  )
  return (
    <Switch
      label={label}
      aria-label={`${name} is on`}
      checked={change.isPending ? !enabled : enabled}
      // Not disabled meanwhile: that would take the focus away.
      onChange={(event) => change.isPending || change.run(event.currentTarget.checked)}
    />
  )
}
