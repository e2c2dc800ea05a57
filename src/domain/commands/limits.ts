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

export const tooManyUnfinished = (kind: CommandKind) =>
  new Failure('rate-limit-exceeded', {
    detail: `This account has ${mostUnfinished(kind)} changes that are not finished. Send this one again later.`,
    retryAfter: 2,
  })
