import { ShownOnce } from '../../components/ShownOnce.tsx'

type Props = { secret: string; close: () => void }

/** A signing secret, the only time that it is shown. */
export function SecretShown({ secret, close }: Props) {
  return (
    <ShownOnce
      label="Signing secret"
      what="the secret"
      secret={secret}
      advice="Put it where your receiver finds it, as you would a password. It signs every message; with it your receiver tells ours from forged ones. If it is lost, rotate it."
      kept="I have kept the secret where I find it again"
      close={close}
    />
  )
}
