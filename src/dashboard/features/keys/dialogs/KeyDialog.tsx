import type { DialogKey } from '../../../api/types.ts'
import { useReturnFocus } from '../../../ui/useReturnFocus.ts'
import { CreateKey } from './CreateKey.tsx'
import { DeleteKey } from './DeleteKey.tsx'
import { RenameKey } from './RenameKey.tsx'
import { RevokeKey } from './RevokeKey.tsx'
import { RotateKey } from './RotateKey.tsx'

export type KeyAction = 'rename' | 'rotate' | 'revoke' | 'delete'

type Props = {
  action: KeyAction | 'create'
  /** Of every action but `create`. */
  apiKey: DialogKey | undefined
  onClose: () => void
}

const dialogs = { rename: RenameKey, rotate: RotateKey, revoke: RevokeKey, delete: DeleteKey }

/** The dialog of one action on a key, or of its creation. */
export function KeyDialog({ action, apiKey, onClose }: Props) {
  useReturnFocus()
  if (action === 'create') return <CreateKey onClose={onClose} />
  if (!apiKey) return null
  const Dialog = dialogs[action]
  return <Dialog apiKey={apiKey} onClose={onClose} />
}
