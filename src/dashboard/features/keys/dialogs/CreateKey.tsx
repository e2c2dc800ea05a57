import { useState } from 'react'
import { client } from '../../../api/client.ts'
import { fieldMessages } from '../../../api/ProblemError.ts'
import { CHANGES } from '../../../api/queries/keys.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { SecretDialog } from '../../../ui/SecretDialog.tsx'
import { CreateForm, type NewKey } from './CreateForm.tsx'
import { KeyShown } from './KeyValue.tsx'
import type { Access } from './newKey.ts'

/** Creates a key and shows its value once. */
export function CreateKey({ close }: { close: () => void }) {
  const [access, setAccess] = useState<Access>('full')
  const [secret, setSecret] = useState<string>()
  const create = useCommand(
    (body: NewKey, header) => client.POST('/api-keys', { body, params: { header } }),
    {
      changes: CHANGES,
      onDone: (outcome) => setSecret(outcome.done ? outcome.body.key : outcome.accepted.key),
    },
  )
  return (
    <SecretDialog
      titles={{ asking: 'Create a key', showing: 'Save your key' }}
      secret={secret}
      isPending={create.isPending}
      close={close}
      show={(value) => <KeyShown secret={value} access={access} close={close} />}
    >
      <CreateForm
        create={(body) => {
          setAccess(body.access)
          create.run(body)
        }}
        isPending={create.isPending}
        error={create.error}
        errors={fieldMessages(create.error)}
        operationId={create.operationId}
        close={close}
      />
    </SecretDialog>
  )
}
