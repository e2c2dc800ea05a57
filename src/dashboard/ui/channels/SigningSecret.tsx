import { ShownOnce } from '../ShownOnce.tsx'

type Props = { secret: string; onClose: () => void }

/** A signing secret, the only time that it is shown. */
export function SigningSecret({ secret, onClose }: Props) {
  return (
    <ShownOnce
      label="Signing secret"
      what="the secret"
      secret={secret}
      advice="Copy this secret now, and store it as you would a password. It signs every message, so your receiver can tell ours from forged ones. If you lose it, rotate it."
      confirmation="I have stored this secret somewhere safe"
      onClose={onClose}
    />
  )
}
