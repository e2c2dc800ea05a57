import type { Fault } from '../../domain/commands/giveUp.ts'
import { ActorChanged } from '../../domain/commands/requireActor.ts'
import { OtherShards } from '../../domain/layout.ts'
import { isNotNow, isRefusal, sqlStateOf } from '../../platform/sqlState.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'

/** A statement that was cancelled: by its time limit, so the server is slow, or by an operator. */
const CANCELLED = '57014'

/** What the driver says without a SQLSTATE when Postgres does not answer. */
const NO_ANSWER = /connection|timeout|socket|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/i

const TRANSIENT = [RegionUnavailable, ActorChanged, OtherShards]

/** What an error of a command's transaction says about the command. */
export function faultOf(error: unknown): Fault {
  if (isRefusal(error)) return 'refused'
  if (TRANSIENT.some((kind) => error instanceof kind) || isNotNow(error)) return 'away'
  const state = sqlStateOf(error)
  if (state !== undefined) return state === CANCELLED ? 'away' : 'unclear'
  const { code, message } = error as { code?: unknown; message?: unknown }
  return NO_ANSWER.test(`${code} ${message}`) ? 'away' : 'unclear'
}
