import type { Guest } from '../domain/accounts/guestSessions.ts'
import type { Member } from '../domain/accounts/Member.ts'
import type { Actor } from '../domain/commands/Command.ts'
import type { Holder } from '../domain/keys/holding.ts'
import type { OperatorToken } from '../domain/operators/OperatorToken.ts'
import type { EventRelay } from '../platform/EventRelay.ts'
import type { Env } from '../platform/env.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { ApiPool } from '../platform/pools.ts'
import type { Em } from '../platform/postgres.ts'
import type { Queues } from '../platform/queues.ts'
import type { CommandDeps } from '../platform/submitCommand.ts'
import type { Vault } from '../platform/vault.ts'
import type { Region } from '../region/Region.ts'
import type { Shards } from '../region/shards.ts'
import type { Verifier } from '../verifier/Verifier.ts'
import type { Turns } from './AtOnce.ts'
import type { Attempts } from './attempts.ts'
import type { BoundedLookup } from './BoundedLookup.ts'
import type { CallLimits } from './CallLimits.ts'
import type { ClientIp } from './clientIp.ts'
import type { CookieJar } from './cookies.ts'
import type { ImportReader } from './imports/ImportReader.ts'
import type { KnownDevices } from './knownDevice.ts'
import type { OperatorTokens } from './operatorTokens.ts'
import type { Passwords } from './passwords.ts'
import type { ReadPool, Source } from './ReadSources.ts'
import type { ServiceTokens } from './serviceTokens.ts'

/** What routes are handed; wired in main.ts. */
export type ApiContext = {
  env: Env
  /** A fresh EntityManager: one per request. In a route, of that route's pool. */
  em: () => Em
  emOf: (pool: ApiPool) => Em
  /** Where usage, histories and exports are read. */
  readFrom: (pool: ReadPool) => Promise<Source>
  verifier: Verifier
  /** The first shard of the region in which this process verifies: it holds what there is once. */
  region: Region
  /** All shards of that region. */
  shards: Shards
  /** Every shard of every region of the environment, by name. */
  regions: Map<string, Region>
  queues: Queues
  events: EventRelay
  commands: CommandDeps
  imports: ImportReader
  /** For what the service itself must read again. */
  vault: Vault
  serviceTokens: ServiceTokens
  operatorTokens: OperatorTokens
  callLimits: CallLimits
  turns: Turns
  /** Of what callers present who have no key. */
  lookups: { sessions: BoundedLookup; links: BoundedLookup }
  cookies: CookieJar
  /** Counts what may be tried a few times only. */
  attempts: Attempts
  passwords: Passwords
  knownDevices: KnownDevices
  clientIp: ClientIp
  now: () => Date
  log: Log
  metrics: Metrics
}

/** Who asks, for which account, and what they may do. */
export type Principal = {
  accountId: string
  permissions: readonly string[]
  /** What they may give to others. */
  holds: Holder
  actor: Actor
  member?: Member
  guest?: Guest
  /** The permission that the route requires. */
  permission?: string
}

/** A machine of the company, for no account in particular. */
export type OperatorPrincipal = Omit<Principal, 'accountId' | 'member' | 'guest'> & {
  accountId: null
  token: OperatorToken
}

/** Who uses a browser: a member who is signed in, or a guest whom a session link let in. */
export type SessionPrincipal = Principal &
  ({ member: Member; guest?: never } | { guest: Guest; member?: never })

/** A member who is signed in. */
export type PersonPrincipal = Principal & { member: Member }
