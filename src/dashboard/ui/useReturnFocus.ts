import { useEffect, useState } from 'react'

/**
 * Gives the focus back to what opened a dialog, when the dialog leaves the page. Mantine's Modal does so only where it
 * stays mounted. An item of a menu is gone by then: it is the menu's button that gets the focus.
 */
export function useReturnFocus(): void {
  const [opener] = useState(findOpener)
  useEffect(() => () => opener?.focus({ preventScroll: true }), [opener])
}

function findOpener(): HTMLElement | null {
  const active = document.activeElement
  const button = active?.closest('[role=menu]')?.getAttribute('aria-labelledby')
  const opener = button ? document.getElementById(button) : active
  return opener instanceof HTMLElement ? opener : null
}
