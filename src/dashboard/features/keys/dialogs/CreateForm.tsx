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
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { DialogButtons } from '../../../ui/DialogButtons.tsx'
import { type Access, accesses, expiries, expiryOf } from './newKey.ts'

export type NewKey = {
  name: string
  type: 'live' | 'test'
  access: Access
  allowedIps: string[]
  expiresAt: string | null
}

type Props = {
  create: (body: NewKey) => void
  isPending: boolean
  error: unknown
  errors: Record<string, string>
  operationId: string | undefined
  close: () => void
}

/** What a new key is to be. Only its name is asked for; the rest has answers that fit most. */
export function CreateForm({ create, isPending, error, errors, operationId, close }: Props) {
  const [isMore, more] = useDisclosure(false)
  const form = useForm({
    initialValues: {
      name: '',
      type: 'live' as NewKey['type'],
      access: 'full' as Access,
      expiry: '',
      allowedIps: [] as string[],
    },
    validate: { name: (name) => (name.trim() === '' ? 'What is it for? “Production Server”, say.' : null) },
  })
  const { setErrors } = form
  useEffect(() => {
    setErrors(errors)
    if (errors.allowedIps || errors.expiresAt) more.open()
  }, [errors, setErrors, more.open])
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ expiry, ...rest }) =>
        create({ ...rest, expiresAt: expiryOf(expiry, Date.now()) }),
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
              description="Addresses or ranges such as 10.0.0.0/8; Enter after each. None: from anywhere."
              splitChars={[',', ' ']}
              acceptValueOnBlur
              {...form.getInputProps('allowedIps')}
            />
          </Stack>
        </Collapse>
        <CommandNotice error={error} operationId={operationId} mustStay />
        <DialogButtons label="Create" isPending={isPending} onCancel={close} mustStay={isPending} />
      </Stack>
    </form>
  )
}
