import { useState } from 'react'
import { type KeyAction, KeyDialog } from '../keys/KeyDialog.tsx'
import { KeyMenu } from '../keys/KeyMenu.tsx'
import type { ApiKey } from './keyQueries.ts'

/** The menu of the keys page, with its dialogs. */
export function KeyActions({ apiKey }: { apiKey: ApiKey }) {
  const [action, setAction] = useState<KeyAction>()
  return (
    <>
      <KeyMenu apiKey={apiKey} choose={setAction} />
      {action && <KeyDialog action={action} apiKey={apiKey} close={() => setAction(undefined)} />}
    </>
  )
}
