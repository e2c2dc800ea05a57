import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  /** The title while the dialog asks, and while it shows the secret. */
  titles: { asking: string; showing: string }
  /** Undefined until the command has made it. */
  secret: string | undefined
  /** Whether the command is under way. */
  isPending: boolean
  onClose: () => void
  /** Asks for what the command needs. */
  children: ReactNode
  show: (secret: string) => ReactNode
}

/**
 * A dialog whose command makes a secret that is shown once. The answer has the only copy, so nothing closes the dialog
 * from the moment the command is sent until the person confirms that they have stored the secret.
 */
export function SecretDialog({ titles, secret, isPending, onClose, children, show }: Props) {
  const isShown = secret !== undefined
  const mustStay = isShown || isPending
  return (
    <Modal
      opened
      onClose={onClose}
      title={isShown ? titles.showing : titles.asking}
      size="lg"
      centered
      withCloseButton={!mustStay}
      closeOnEscape={!mustStay}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {isShown ? show(secret) : children}
    </Modal>
  )
}
