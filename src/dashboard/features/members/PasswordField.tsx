import { Anchor, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { passwordHint } from '../../ui/passwordRule.ts'
import { randomPassword } from './randomPassword.ts'

type Props = { label: string; value?: string; onChange?: (password: string) => void; error?: React.ReactNode }

/** A password that is set for somebody: typed, or made here and shown, so that it can be handed on. */
export function PasswordField({ label, value, onChange, error }: Props) {
  const [isShown, shown] = useDisclosure(false)
  const make = () => {
    onChange?.(randomPassword())
    shown.open()
  }
  return (
    <Stack gap={4}>
      <PasswordInput
        label={label}
        description={passwordHint}
        autoComplete="new-password"
        value={value ?? ''}
        onChange={(event) => onChange?.(event.currentTarget.value)}
        error={error}
        visible={isShown}
        onVisibilityChange={shown.toggle}
        visibilityToggleButtonProps={{ 'aria-label': isShown ? 'Hide the password' : 'Show the password' }}
      />
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          It is not shown again. Pass it on over a secure channel.
        </Text>
        <Anchor component="button" type="button" size="xs" underline="always" onClick={make}>
          Make one
        </Anchor>
      </Group>
    </Stack>
  )
}
