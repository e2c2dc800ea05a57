import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Command } from '../api/useCommand.ts'
import { CommandNotice } from './CommandNotice.tsx'
import { DialogButtons } from './DialogButtons.tsx'

export type ConfirmProps = {
  command: Command<undefined>
  /** What the button says that does it. */
  label: string
  onClose: () => void
  /** What happens then. */
  children: ReactNode
}

/** Asks before what cannot be taken back. */
export function ConfirmForm({ command, label, onClose, children }: ConfirmProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        command.run(undefined)
      }}
    >
      <Stack>
        <Text size="sm">{children}</Text>
        <CommandNotice error={command.error} operationId={command.operationId} />
        <DialogButtons label={label} isDangerous isPending={command.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
