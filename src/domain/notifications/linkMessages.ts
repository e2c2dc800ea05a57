import type { Message } from './messageOf.ts'

/**
 * Nothing here is anybody's own text: whoever reads it may not have asked for it. The page says which account it is.
 */
export const invitationMessage = (link: string): Message => ({
  title: 'You are invited to Pictify Keys',
  summary: 'An admin of an account asks you to join it. The page behind the link says which account it is.',
  facts: [['If you do not know of it', 'Do nothing: the link ends after seven days.']],
  links: [['See the invitation', link]],
  tone: 'info',
})

export const passwordResetMessage = (link: string): Message => ({
  title: 'Set a new password for Pictify Keys',
  summary: 'Somebody asked for a link to set a new password for this address.',
  facts: [['If it was not you', 'Do nothing: your password stays, and the link ends after an hour.']],
  links: [['Set a new password', link]],
  tone: 'info',
})
