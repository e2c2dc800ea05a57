import { Modal } from '@mantine/core'
import { ConfirmForm, type ConfirmProps } from './ConfirmForm.tsx'

/** A dialog that asks before what cannot be taken back. */
export function ConfirmDialog({ title, ...form }: ConfirmProps & { title: string }) {
  return (
    <Modal opened onClose={form.onClose} title={title} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <ConfirmForm {...form} />
    </Modal>
  )
}
