import { Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { client } from '../../../api/client.ts'
import { fieldMessages } from '../../../api/ProblemError.ts'
import { HOUR_MS } from '../../../api/time.ts'
import type { Rule } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../../ui/DialogButtons.tsx'
import { instantText } from '../../../ui/format/formatTime.ts'

const lengths = [
  { value: '1', label: 'For an hour' },
  { value: '8', label: 'For 8 hours' },
  { value: '24', label: 'For a day' },
  { value: '168', label: 'For a week' },
  { value: 'until', label: 'Until …' },
]

type Values = { length: string; until: string }

/** `datetime-local` has no zone; everything here is in UTC. */
const instantOf = ({ length, until }: Values) =>
  length === 'until' ? `${until}:00Z` : new Date(Date.now() + Number(length) * HOUR_MS).toISOString()

type Props = { rule: Rule; onClose: () => void }

/** Silences a rule until an instant. */
export function MuteDialog({ rule, onClose }: Props) {
  const form = useForm<Values>({
    initialValues: { length: '1', until: new Date(Date.now() + 24 * HOUR_MS).toISOString().slice(0, 16) },
    validate: {
      until: (until, { length }) =>
        length === 'until' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(until) ? 'Enter a date and time' : null,
    },
  })
  const mute = useCommand(
    (values: Values) =>
      client.POST('/alerts/{id}/mute', {
        params: { path: { id: rule.id } },
        body: { until: instantOf(values) },
      }),
    {
      changes: ['alerts', 'alert'],
      onDone: () => {
        notifications.show({
          message: `${rule.name} is muted until ${instantText(instantOf(form.getValues()))}.`,
        })
        onClose()
      },
      onError: (error) => form.setErrors(fieldMessages(error)),
    },
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Mute ${rule.name}`}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={form.onSubmit((values) => mute.run(values))} noValidate>
        <Stack>
          <Radio.Group
            label="How long"
            description="The rule is still evaluated, but nobody is notified. If an incident is still open when the mute ends, the notification is sent then."
            {...form.getInputProps('length')}
          >
            <Stack gap="xs" mt="sm">
              {lengths.map(({ value, label }, index) => (
                <Radio
                  key={value}
                  value={value}
                  label={label}
                  data-autofocus={index === 0 ? true : undefined}
                />
              ))}
            </Stack>
          </Radio.Group>
          {form.values.length === 'until' && (
            <TextInput type="datetime-local" label="Until (UTC)" {...form.getInputProps('until')} />
          )}
          <CommandNotice error={mute.error} operationId={mute.operationId} />
          <DialogButtons label="Mute" isPending={mute.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
