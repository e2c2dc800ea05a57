import type { JournalHead } from '../domain/journal/JournalEntry.ts'
import type { Env } from '../platform/env.ts'
import type { SchemaState } from '../platform/schemaState.ts'
import type { Introduction } from './challenge.ts'

/** What a probe found: the facts, or why there are none. */
export type Probed<Value> = { ok: true; value: Value } | { ok: false; failure: ProbeFailure }

/**
 * `login`: the server refuses the name, the password or the database. `tls`: the certificate, or one side speaks TLS
 * and the other does not. `refused`: it answers, and refuses for another reason. `away`: there is no connection, or no
 * answer within the bound. `reason` has no secrets.
 */
export type ProbeFailure = { kind: 'away' | 'login' | 'tls' | 'refused'; reason: string }

/** How far a clock is ahead of this process's, and how wrong the measurement may be, in ms. */
export type ClockFact = { aheadMs: number; uncertainMs: number }

/** Free and total bytes of a disk. */
export type DiskFact = { what: string; path: string; freeBytes: number; totalBytes: number }

/** `private`: every address of the host is loopback or of a private network. */
type WireFact = { encrypted: boolean; private: boolean }

export type PostgresFacts = {
  clock: ClockFact
  wire: WireFact
  /** `server_version_num`: 180001 is 18.1. */
  version: number
  isStandby: boolean
  /** By name, as a session without settings of its own has them. Times in ms. Absent: this release has none such. */
  settings: Record<string, string | undefined>
  /** Why a connection with the time-outs of our pools was refused; undefined: it was not. */
  poolsRefused?: string
  /** `statement_timeout` in ms where the pools have asked for `asked`. */
  poolsTimeout?: { asked: number; got: number }
  /** Connections that the role and the database may open; -1: without a limit of their own. */
  roleConnections: number
  databaseConnections: number
  /** Connections of other roles and to other databases, now. */
  otherConnections: number
  mayCreate: boolean
  /** Tables of the schema that belong to a role of which this one is no member. */
  foreignTables: string[]
  invalidIndexes: string[]
  /** Undefined where the tables belong to another role. */
  schema?: SchemaState
  /** Undefined unless the schema is that of this release. */
  stored?: StoredFacts
}

export type StoredFacts = {
  /** Further regions that changes must reach. */
  regions: string[]
  /** Email channels in use. */
  emailChannels: number
  /** Of the newest sealed values: how many there are, and how many this SECRETS_KEY opens. */
  sealed?: { looked: number; opened: number }
}

export type QueueFacts = {
  name: string
  /** Undefined where Redis does not show its connections. */
  hasWorker?: boolean
  isPaused: boolean
  waiting: number
  failed: number
}

export type RedisFacts = {
  clock: ClockFact
  wire: WireFact
  version: string
  mode: string
  /** The mode that its URL asks for: a Sentinel's group is `standalone` itself. */
  namedMode: 'standalone' | 'cluster'
  isReplica: boolean
  isLoading: boolean
  runId: string
  maxmemoryPolicy: string
  /** Bytes; `maxmemory` 0: no limit. */
  maxmemory: number
  usedMemory: number
  systemMemory: number
  isAppendOnly: boolean
  /** Undefined where Redis does not show its configuration. */
  appendfsync?: string
  appendFailed: boolean
  snapshotFailed: boolean
  /** Undefined where Redis does not show its configuration. */
  stopsOnSnapshotFailure?: boolean
  /** Where it writes. Undefined where Redis does not show its configuration. */
  folder?: string
  /** Not asked for at start. */
  queues?: QueueFacts[]
  /** Ms that are left of the region's lease; 0: none. Not asked for at start. */
  leaseMs?: number
  /** The last entry of the region's journal; null: nothing has ended yet. Not asked for at start. */
  ended?: JournalHead | null
}

/** What answers at PUBLIC_URL. */
export type PublicUrlAnswer = {
  status: number
  location?: string
  /** The api's connection is our own: no proxy is in between. */
  isDirect: boolean
  /** Undefined where the answer does not prove that it is this service. */
  introduction?: Introduction
  /** Unix ms. */
  certificate?: { validFrom: number; validTo: number }
}

/**
 * What the checks decide on. A part that is undefined was not asked for (at start) or does not apply (no SMTP_URL):
 * its checks say nothing.
 */
export type Facts = {
  /** Unix ms. */
  now: number
  nodeVersion: string
  /** Every setting that is valid; of the others the default, or nothing. */
  env: Partial<Env>
  invalidSettings: { name: string; problem: string }[]
  lookalikes: { name: string; meant: string }[]
  /** Processes that the operator plans for. */
  processes: { apis: number; workers: number }
  postgres?: Probed<PostgresFacts>
  /** Of DATABASE_READ_URL. */
  standby?: Probed<PostgresFacts>
  redis: { region: string; probed: Probed<RedisFacts> }[]
  /** Regions that have confirmed what Postgres lacks. */
  lacking?: string[]
  publicUrl?: Probed<PublicUrlAnswer>
  smtp?: Probed<true>
  disks?: DiskFact[]
}
