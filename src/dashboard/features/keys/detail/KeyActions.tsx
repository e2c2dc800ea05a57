import { useState } from 'react'
import type { ApiKey } from '../../../api/types.ts'
import { type KeyAction, KeyDialog } from '../dialogs/KeyDialog.tsx'
import { KeyMenu } from '../KeyMenu.tsx'

/** The menu of the keys page, with its dialogs. */
export function KeyActions({ apiKey }: { apiKey: ApiKey }) {
  const [action, setAction] = useState<KeyAction>()
  return (
    <>
      <KeyMenu apiKey={apiKey} onChoose={setAction} />
      {action && <KeyDialog action={action} apiKey={apiKey} onClose={() => setAction(undefined)} />}
    </>
  )
}
