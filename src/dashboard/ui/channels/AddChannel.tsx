import { SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useId, useState } from 'react'
import { client } from '../../api/client.ts'
import { fieldMessages } from '../../api/ProblemError.ts'
import { resultOf, secretOf } from '../../api/runCommand.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CommandNotice } from '../CommandNotice.tsx'
import { DialogButtons } from '../DialogButtons.tsx'
import { SecretDialog } from '../SecretDialog.tsx'
import { type ChannelType, channelTypes } from './channelTypes.ts'
import { SigningSecret } from './SigningSecret.tsx'

type Values = { type: ChannelType; name: string; target: string }

type Props = { onClose: () => void; onCreated?: (id: string) => void }

/** Adds a channel. A webhook's signing secret is then shown once. */
export function AddChannel({ onClose, onCreated }: Props) {
  const [secret, setSecret] = useState<string>()
  const form = useForm<Values>({
    initialValues: { type: 'email', name: '', target: '' },
    validate: {
      name: (name) => (name.trim() === '' ? 'Give the channel a name' : null),
      target: (target) => (target.trim() === '' ? 'Enter an address' : null),
    },
  })
  const { type } = form.values
  const { field } = channelTypes[type]
  const create = useCommand(
    (values: Values, header) =>
      client.POST('/channels', {
        params: { header },
        body: { type: values.type, name: values.name.trim(), [field]: values.target.trim() },
      }),
    {
      changes: ['channels'],
      onDone: (outcome) => {
        const { id } = resultOf(outcome)
        if (id !== undefined) onCreated?.(id)
        notifications.show({ message: sentTo[type] })
        const shown = secretOf(outcome)
        if (shown === undefined) onClose()
        else setSecret(shown)
      },
      onError: (error) => form.setErrors(targetErrors(error, field)),
    },
  )
  const submit = (event: FormEvent<HTMLFormElement>) => {
    // Of React's tree, which a form around the dialog is part of.
    event.stopPropagation()
    form.onSubmit((values) => create.run(values))(event)
  }
  return (
    <SecretDialog
      titles={{ asking: 'Add a channel', showing: 'The signing secret' }}
      secret={secret}
      isPending={create.isPending}
      onClose={onClose}
      show={(value) => <SigningSecret secret={value} onClose={onClose} />}
    >
      <form onSubmit={submit} noValidate>
        <Stack>
          <ChannelFields form={form} />
          <CommandNotice
            error={create.error}
            operationId={create.operationId}
            mustStay={type === 'webhook'}
          />
          <DialogButtons
            label="Add the channel"
            isPending={create.isPending}
            onCancel={onClose}
            mustStay={create.isPending}
          />
        </Stack>
      </form>
    </SecretDialog>
  )
}

function ChannelFields({ form }: { form: UseFormReturnType<Values> }) {
  const typeLabel = useId()
  const { field, fieldLabel, placeholder, help } = channelTypes[form.values.type]
  return (
    <>
      <div>
        <Text size="sm" fw={500} mb={4} id={typeLabel}>
          Type
        </Text>
        <SegmentedControl
          fullWidth
          aria-labelledby={typeLabel}
          data={Object.entries(channelTypes).map(([value, { label }]) => ({ value, label }))}
          {...form.getInputProps('type')}
          onChange={(value) => {
            form.setValues({ type: value as ChannelType, target: '' })
            form.clearErrors()
          }}
        />
        {form.errors.type && (
          <Text size="xs" c="red" mt={4} role="alert">
            {form.errors.type}
          </Text>
        )}
      </div>
      <TextInput
        label="Name"
        placeholder="On call"
        autoComplete="off"
        maxLength={100}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <TextInput
        label={fieldLabel}
        type={field === 'to' ? 'email' : 'url'}
        placeholder={placeholder}
        description={help}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoComplete="off"
        spellCheck={false}
        {...form.getInputProps('target')}
      />
    </>
  )
}

/** What the api says of `to` or `url` stands beside the one field that this form has for it. */
export function targetErrors(error: unknown, field: 'to' | 'url'): Record<string, string> {
  const { [field]: target, ...messages } = fieldMessages(error)
  return { ...messages, ...(target === undefined ? {} : { target }) }
}

const sentTo: Record<ChannelType, string> = {
  email: 'A link to confirm the address has been sent to it.',
  slack: 'A test message is on its way. Its arrival verifies the channel.',
  webhook: 'A test message is on its way. Its arrival verifies the channel.',
}
