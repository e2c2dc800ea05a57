import {
  Collapse,
  Radio,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useEffect } from 'react'
import type { Access, NewKey } from '../../../api/types.ts'
import type { Command } from '../../../api/useCommand.ts'
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../../ui/DialogButtons.tsx'
import { accesses, expiries, expiryOf } from './newKey.ts'

/** The form of a new key. */
export const useNewKeyForm = () =>
  useForm({
    initialValues: {
      name: '',
      type: 'live' as NonNullable<NewKey['type']>,
      access: 'full' as Access,
      expiry: '',
      allowedIps: [] as string[],
    },
    validate: { name: (name) => (name.trim() === '' ? 'Enter a name, such as “Production Server”.' : null) },
  })

type Props = { form: ReturnType<typeof useNewKeyForm>; command: Command<NewKey>; onClose: () => void }

/** What a new key is to be. Only its name is asked for; the rest has answers that fit most. */
export function CreateForm({ form, command, onClose }: Props) {
  const [isMore, more] = useDisclosure(false)
  const isFaulty = Boolean(form.errors.allowedIps || form.errors.expiresAt)
  useEffect(() => {
    if (isFaulty) more.open()
  }, [isFaulty, more.open])
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ expiry, ...rest }) =>
        command.run({ ...rest, expiresAt: expiryOf(expiry, Date.now()) }),
      )}
    >
      <Stack>
        <TextInput
          label="Name"
          placeholder="Production Server"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <div>
          <Text size="sm" fw={500} id="key-type" mb={4}>
            Type
          </Text>
          <SegmentedControl
            aria-labelledby="key-type"
            fullWidth
            data={[
              { value: 'live', label: 'Live' },
              { value: 'test', label: 'Test' },
            ]}
            {...form.getInputProps('type')}
          />
          <Text size="xs" c="dimmed" mt={4}>
            {form.values.type === 'live'
              ? 'Full service; its renders count against your plan.'
              : '100 renders a day, with a watermark; they do not count against your plan.'}
          </Text>
        </div>
        <Radio.Group label="Access" {...form.getInputProps('access')}>
          <Stack gap={8} mt={4}>
            {accesses.map(({ value, label, description }) => (
              <Radio key={value} value={value} label={label} description={description} />
            ))}
          </Stack>
        </Radio.Group>
        <UnstyledButton onClick={more.toggle} aria-expanded={isMore} fz="sm" fw={500}>
          {isMore ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}{' '}
          Expiry and addresses
        </UnstyledButton>
        <Collapse expanded={isMore}>
          <Stack>
            <Select
              label="Expires"
              data={expiries}
              allowDeselect={false}
              {...form.getInputProps('expiry')}
              error={form.errors.expiresAt}
            />
            <TagsInput
              label="Allowed IPs"
              description="Addresses or CIDR ranges, such as 10.0.0.0/8. Press Enter after each. None: from anywhere."
              splitChars={[',', ' ']}
              acceptValueOnBlur
              {...form.getInputProps('allowedIps')}
            />
          </Stack>
        </Collapse>
        <CommandNotice error={command.error} operationId={command.operationId} mustStay />
        <DialogButtons
          label="Create"
          isPending={command.isPending}
          onCancel={onClose}
          mustStay={command.isPending}
        />
      </Stack>
    </form>
  )
}
