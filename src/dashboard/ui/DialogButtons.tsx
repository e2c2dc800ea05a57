import { Button, Group } from '@mantine/core'

type Props = {
  label: string
  isPending: boolean
  onCancel: () => void
  /** For actions that cannot be undone. */
  isDangerous?: boolean
  isDisabled?: boolean
  /** Cancel is disabled: leaving now would lose something. */
  mustStay?: boolean
}

/** The buttons at the end of a dialog's form: cancel and submit. */
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
