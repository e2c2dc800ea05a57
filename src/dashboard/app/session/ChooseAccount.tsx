import { Button, Stack, Text } from '@mantine/core'
import type { AccountChoice } from '../../api/types.ts'
import { roleLabel } from '../../ui/roles.ts'

type Props = {
  accounts: readonly AccountChoice[]
  onChoose: (accountId: string) => void
  isPending: boolean
}

/** The accounts that a password opens: one of them to go on with. */
export function ChooseAccount({ accounts, onChoose, isPending }: Props) {
  return (
    <Stack gap="xs">
      <Text size="sm">You are a member of several accounts. Where do you want to sign in?</Text>
      {accounts.map(({ accountId, name, role }) => (
        <Button
          key={accountId}
          variant="default"
          justify="space-between"
          rightSection={
            <Text size="xs" c="dimmed">
              {roleLabel(role)}
            </Text>
          }
          disabled={isPending}
          onClick={() => onChoose(accountId)}
        >
          {name}
        </Button>
      ))}
    </Stack>
  )
}
