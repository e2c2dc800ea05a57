import { Radio, Stack } from '@mantine/core'
import type { Role } from '../../api/types.ts'
import { roles } from '../../ui/roles.ts'

type Props = { value?: Role; onChange?: (role: Role) => void; error?: React.ReactNode }

/** One of the roles, each with what it may do. */
export function RoleField({ value, onChange, error }: Props) {
  return (
    <Radio.Group
      label="Role"
      value={value ?? null}
      onChange={(role) => onChange?.(role as Role)}
      error={error}
    >
      <Stack gap="xs" mt={6}>
        {roles.map(({ role, label, sentence }) => (
          <Radio key={role} value={role} label={label} description={sentence} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
