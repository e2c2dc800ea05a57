import { Button, Group } from '@mantine/core'

type Props = {
  label: string
  isPending: boolean
  onCancel: () => void
  /** What cannot be taken back. */
  isDangerous?: boolean
  isDisabled?: boolean
  /** Whether leaving meanwhile would lose something. */
  mustStay?: boolean
}

/** The end of a dialog's form: the way out, and what it is there for. */
export function DialogButtons({ label, isPending, onCancel, isDangerous, isDisabled, mustStay }: Props) {
  return (
    <Group justify="flex-end" gap="sm">
      <Button variant="default" onClick={onCancel} disabled={mustStay}>
        Cancel
      </Button>
      <Button
        type="submit"
        loading={isPending}
        color={isDangerous ? 'red.9' : undefined}
        disabled={isDisabled}
      >
        {label}
      </Button>
    </Group>
  )
}
