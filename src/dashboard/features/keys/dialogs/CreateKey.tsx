import { useState } from 'react'
import { client } from '../../../api/client.ts'
import { fieldMessages } from '../../../api/ProblemError.ts'
import { keyTopics } from '../../../api/queries/keys.ts'
import { secretOf } from '../../../api/runCommand.ts'
import type { NewKey } from '../../../api/types.ts'
import { useCommand } from '../../../api/useCommand.ts'
import { SecretDialog } from '../../../ui/SecretDialog.tsx'
import { CreateForm, useNewKeyForm } from './CreateForm.tsx'
import { KeyValue } from './KeyValue.tsx'

/** Creates a key and shows its value once. */
export function CreateKey({ onClose }: { onClose: () => void }) {
  const [secret, setSecret] = useState<string>()
  const form = useNewKeyForm()
  const create = useCommand(
    (body: NewKey, header) => client.POST('/api-keys', { body, params: { header } }),
    {
      changes: keyTopics,
      onDone: (outcome) => setSecret(secretOf(outcome) ?? ''),
      onError: (error) => form.setErrors(fieldMessages(error)),
    },
  )
  return (
    <SecretDialog
      titles={{ asking: 'Create a key', showing: 'Save your key' }}
      secret={secret}
      isPending={create.isPending}
      onClose={onClose}
      show={(value) => <KeyValue secret={value} access={form.getValues().access} onClose={onClose} />}
    >
      <CreateForm form={form} command={create} onClose={onClose} />
    </SecretDialog>
  )
}
