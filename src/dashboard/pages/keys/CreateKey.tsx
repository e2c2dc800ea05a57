import { Modal } from '@mantine/core'
import { useState } from 'react'
import { client } from '../../api/client.ts'
import { fieldMessages } from '../../api/ProblemError.ts'
import { useCommand } from '../../api/useCommand.ts'
import { CreateForm, type NewKey } from './CreateForm.tsx'
import { KeyShown } from './KeyShown.tsx'
import { CHANGES } from './keyList.ts'

/** Creates a key and shows it, this once. While it is shown, nothing but its own button closes the dialog. */
export function CreateKey({ close }: { close: () => void }) {
  const [secret, setSecret] = useState<string>()
  const create = useCommand(
    (body: NewKey, header) => client.POST('/api-keys', { body, params: { header } }),
    {
      changes: CHANGES,
      onDone: (outcome) => setSecret(outcome.done ? outcome.body.key : outcome.accepted.key),
    },
  )
  const isShown = secret !== undefined
  // The answer has the only copy of the key.
  const mustStay = isShown || create.isPending
  return (
    <Modal
      opened
      onClose={close}
      title={isShown ? 'Save your key' : 'Create a key'}
      size="lg"
      centered
      withCloseButton={!mustStay}
      closeOnEscape={!mustStay}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {isShown ? (
        <KeyShown secret={secret} close={close} />
      ) : (
        <CreateForm
          create={create.run}
          isPending={create.isPending}
          error={create.error}
          errors={fieldMessages(create.error)}
          operationId={create.operationId}
          close={close}
        />
      )}
    </Modal>
  )
}
