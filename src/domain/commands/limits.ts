import { Failure } from '../failure.ts'
import { type CommandKind, isEnding } from './catalogue.ts'

/**
 * How many unfinished commands an account may have. Commands that end something have a higher
 * limit.
 */
const UNFINISHED = 200
const UNFINISHED_WITH_ENDINGS = 2_000

/** The company changes an account, or suspends it, whatever that has under way. */
export const NO_LIMIT = 1_000_000

export const mostUnfinished = (kind: CommandKind) => (isEnding(kind) ? UNFINISHED_WITH_ENDINGS : UNFINISHED)

/** Commands of one account that come in quick succession are done in their order. */
const IN_ORDER = 8

/**
 * The priority of a command's job, 0 first, where its account has so many unfinished ones: an account with a backlog
 * queues behind itself.
 */
export const priorityBehind = (unfinished: number) => Math.floor(unfinished / IN_ORDER)

export const tooManyUnfinished = (kind: CommandKind) =>
  new Failure('rate-limit-exceeded', {
    detail: `This account has ${mostUnfinished(kind)} changes that are not finished. Send this one again later.`,
    retryAfter: 2,
  })
