import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { REFUSED_MS } from '../../bench/hanging/bounds.ts'
import { BOUNDS } from '../../src/api/AtOnce.ts'
import { BULK, CHANGES_MINUTES } from '../../src/api/CallLimits.ts'
import { costOf } from '../../src/api/callCosts.ts'
import { MAX_DELAYED } from '../../src/api/DelayedRefusals.ts'
import { MAX_IMPORT_BYTES, MAX_LINES, READ_MS } from '../../src/api/imports/ImportReader.ts'
import { STANDBY_WAIT_MS } from '../../src/api/ReadSources.ts'
import { REFUSALS_PER_SECOND } from '../../src/api/RefusedKeys.ts'
import { MAX_ANONYMOUS_BYTES, MAX_BYTES } from '../../src/api/readJson.ts'
import { MAX_HEADER_BYTES, serverOptions } from '../../src/api/serverOptions.ts'
import { root } from '../../src/dev/dataDir.ts'
import { PROBE_MS } from '../../src/doctor/probes/probe.ts'
import { MAX_MEMBERS } from '../../src/domain/accounts/accountStore.ts'
import { GUEST_MS } from '../../src/domain/accounts/guestSessions.ts'
import { LINK_SECONDS, MAX_OPEN_LINKS } from '../../src/domain/accounts/sessionLinks.ts'
import { MAX_RULES } from '../../src/domain/alerts/AlertRule.ts'
import { EXPIRED_ENTRIES_AT_ONCE } from '../../src/domain/audit/expireAudit.ts'
import { mostUnfinished } from '../../src/domain/commands/limits.ts'
import { ROWS_AT_ONCE } from '../../src/domain/deleteInBatches.ts'
import { EXPIRED_EVENTS_AT_ONCE } from '../../src/domain/events/eventStore.ts'
import { MAX_FORMS } from '../../src/domain/imports/forms.ts'
import { MAX_LINE } from '../../src/domain/imports/rawLines.ts'
import { FORGOTTEN_AT_ONCE } from '../../src/domain/metering/claims.ts'
import { LEASE_MS } from '../../src/domain/notifications/deliveryStore.ts'
import { SCHEDULE_MS } from '../../src/domain/notifications/retrySchedule.ts'
import { TESTS_PER_HOUR } from '../../src/domain/notifications/testBudget.ts'
import { ASK_WAIT_MS } from '../../src/domain/retries.ts'
import { MAX_CALLERS, MAX_REFUSED_CALLERS } from '../../src/domain/usage/callerNetwork.ts'
import { GRACE_MS, KEYS_PER_EVENT } from '../../src/domain/usage/closedDays.ts'
import { MAX_ENDPOINTS } from '../../src/domain/usage/EndpointIds.ts'
import { ASK_MS } from '../../src/platform/askNode.ts'
import { CONNECT_MS, PING_MS, SILENT_MS, WORKER_SILENT_MS } from '../../src/platform/connectRedis.ts'
import { apiPools, workerPools } from '../../src/platform/pools.ts'
import { ANSWER_MS } from '../../src/platform/postgres.ts'
import { ADD_MS } from '../../src/platform/queues.ts'
import { REACH_MS } from '../../src/platform/reached.ts'
import { REPLICATED_MS } from '../../src/region/Failover.ts'
import { MOVING_LEASE_MS } from '../../src/region/Lease.ts'
import { BOUND_MS } from '../../src/region/Region.ts'
import { CONFIRM_MS } from '../../src/region/ScriptRunner.ts'
import { ONCE_SECONDS } from '../../src/region/scripts.ts'
import { TOKEN_WAIT_MS } from '../../src/verifier/KnownTokens.ts'
import { STATE_WAIT_MS } from '../../src/verifier/StateLoader.ts'
import { UNKNOWN_PER_MINUTE } from '../../src/verifier/UnknownLimit.ts'
import { jobsAtOnce } from '../../src/workers/jobsAtOnce.ts'
import { ASKING } from '../../src/workers/notifiers/lookUp.ts'
import { outboundPolicy } from '../../src/workers/notifiers/postMessage.ts'
import { OWED_DAYS, REFUSAL_DAYS } from '../../src/workers/schedules/expireRecords.ts'

const page = await readFile(join(root, 'docs/operating.md'), 'utf8')
const api = apiPools({ DATABASE_CONNECTIONS: 20, DATABASE_TIMEOUT_MS: 10_000 })
const worker = workerPools({ DATABASE_CONNECTIONS: 20, DATABASE_TIMEOUT_MS: 10_000 })
const jobs = jobsAtOnce(1)

const seconds = (...all: (number | undefined)[]) => all.map((ms = Number.NaN) => `${ms / 1_000} s`).join('; ')
const count = (...all: number[]) => all.map((each) => new Intl.NumberFormat('en').format(each)).join('; ')
const kib = (bytes: number) => (bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes / 1_024} KiB`)

const totalHours = SCHEDULE_MS.reduce((sum, ms) => sum + ms, 0) / 3_600_000

it.each([
  ['An idle connection to the api', seconds(serverOptions.keepAliveTimeout)],
  ["The headers of a request, a new connection's", seconds(serverOptions.headersTimeout)],
  ['A whole request, its body included', seconds(serverOptions.requestTimeout)],
  ['A connection to Postgres: service tokens, verification', seconds(api.tokens.connectMs)],
  [
    'A connection to Postgres: changes; reads and exports',
    seconds(api.changes.connectMs, api.reads.connectMs),
  ],
  ['The answer to a statement', `${seconds(ANSWER_MS)} more`],
  ['A standby that reads says how far it has come', seconds(STANDBY_WAIT_MS)],
  ['A statement: service tokens', seconds(api.tokens.statementMs)],
  ['A statement: unknown keys, usage reports', seconds(api.verification.statementMs)],
  ['A statement: sessions and commands', seconds(api.changes.statementMs)],
  ['A statement: a further page', seconds(api.streams.statementMs)],
  ['Commands that failed, or repeated a revocation', `${REFUSAL_DAYS} days`],
  ['Changes kept for a region whose lease has run out', `${OWED_DAYS} days`],
  ['Looking up an uncached key or token: region; Postgres', seconds(STATE_WAIT_MS, TOKEN_WAIT_MS)],
  ['A worker’s connection: leases, questions of the library', seconds(worker.leases.connectMs)],
  [
    'A worker’s connection: commands, revocations; the rest',
    seconds(worker.commands.connectMs, worker.messages.connectMs),
  ],
  [
    'A worker’s statement: commands, revocations; a lock',
    seconds(worker.commands.statementMs, worker.commands.lockMs),
  ],
  ['A worker’s statement: leases, questions of the library', seconds(worker.asks.statementMs)],
  [
    'A worker’s statement: metering; alerts, notifications',
    seconds(worker.metering.statementMs, worker.messages.statementMs),
  ],
  ['A worker’s statement: what runs by night', `${(worker.maintenance.statementMs ?? 0) / 60_000} min`],
  ['Redis, for a verification', seconds(BOUND_MS)],
  [
    'A Redis connection without any answer',
    `${seconds(SILENT_MS)}; a worker’s queue ${seconds(WORKER_SILENT_MS)}`,
  ],
  ['Asking a Redis connection that only listens', `every ${seconds(PING_MS)}`],
  ['Opening a connection to Redis', seconds(CONNECT_MS)],
  ['Asking a Sentinel or a node of a Cluster', seconds(ASK_MS)],
  ['A replica, to have what was counted', `${CONFIRM_MS} ms`],
  ['The same, after the last replica was lost', seconds(REPLICATED_MS)],
  ['The lease of a primary that may fail over', seconds(MOVING_LEASE_MS)],
  ['After a start: reaching Redis, before a job is stored', `${seconds(REACH_MS)} more`],
  ['Redis, to store a job', seconds(ADD_MS)],
  ['Reading a file of keys to import, its wait in line too', seconds(READ_MS)],
  ["A worker's answer to a verifier library", seconds(ASK_WAIT_MS)],
  ['A message to a webhook or Slack; an email', seconds(outboundPolicy(false).timeoutMs)],
  [
    'A name server, for the address of a webhook; so many times',
    `${seconds(ASKING.timeout)}; ${ASKING.tries}`,
  ],
  ['A message whose worker died', seconds(LEASE_MS)],
  ['What `bin/keys doctor` asks, each at the same time', seconds(PROBE_MS)],
  ["A call's place among its account's; an export's", seconds(BOUNDS.reads.waitMs, BOUNDS.streams.waitMs)],
  ['Reads and changes of an account that run at once', `${BOUNDS.reads.atOnce} of each a process`],
  ['Exports and usage series that an account reads at once', `${BOUNDS.streams.atOnce} a process`],
  ['Reads and changes of an account that wait', `${count(BOUNDS.reads.maxWaiting)} of each a process`],
  ['Refused management calls whose answer is delayed', `${count(MAX_DELAYED)} a process`],
  ['Refusals of one key at `/forward-auth`, per second', `${REFUSALS_PER_SECOND} a process`],
  ['The same, for notifications; for metering', `${jobs.notifications} times; ${jobs.metering} times`],
  ['The same, for imports', count(jobs.imports)],
  ['The same, for alerts, crossings, maintenance', `${jobs.alerts} each`],
  ['Rows that one statement of the nightly deletion takes', count(ROWS_AT_ONCE)],
  ['The same, of both audit logs and of lifecycle events', count(EXPIRED_ENTRIES_AT_ONCE)],
  ['The same, of [claims](#disk-for-usage)', count(FORGOTTEN_AT_ONCE)],
  [
    'What imports and streams count as, in a budget of their own',
    `1 for ${BULK.keys} keys or ${count(BULK.characters)} characters`,
  ],
  [
    'Changes of an account, per day',
    `${count((1_200 * CHANGES_MINUTES) / costOf({ method: 'post' }))}: an hour’s worth of calls`,
  ],
  ['Unknown keys from one address (IPv6: /64), per minute', `${count(UNKNOWN_PER_MINUTE)} a process`],
  ['Unknown operator tokens from one address, per minute', `${count(UNKNOWN_PER_MINUTE)} a process`],
  ['Unknown sessions from one address, per minute', `${count(UNKNOWN_PER_MINUTE)} a process`],
  ['Unknown links from one address, per minute', `${count(UNKNOWN_PER_MINUTE)} a process`],
  ['A line of it', `${count(MAX_LINE)} characters`],
  ['Attempts to deliver a message', count(SCHEDULE_MS.length)],
  ['A message, over all of its attempts', `${Math.round(totalHours)} h`],
  ['Headers and request line', kib(MAX_HEADER_BYTES)],
  ['The body of a request', kib(MAX_BYTES)],
  ['The body of a request without credentials', kib(MAX_ANONYMOUS_BYTES)],
  ['Callers of a key on a UTC day (an IPv6 /64 is one)', count(MAX_CALLERS)],
  ['Of these, callers only refused', count(MAX_REFUSED_CALLERS)],
  ['Endpoints of an account in use', count(MAX_ENDPOINTS)],
  ['Channels of an account; alert rules', `; ${count(MAX_RULES)}`],
  ['Tests and confirmations of an account', `${count(TESTS_PER_HOUR)} an hour`],
  ['Members of an account', count(MAX_MEMBERS)],
  ['From the end of a UTC day to `usage.day_closed`', `${GRACE_MS / 3_600_000} h`],
  ['Keys in one `usage.day_closed`', count(KEYS_PER_EVENT)],
  ['A guest’s session', `${GUEST_MS / 3_600_000} h`],
  ['A session link, by default and at most', `${LINK_SECONDS.fallback} s; ${LINK_SECONDS.max} s`],
  ['Session links of an account that nobody has opened', count(MAX_OPEN_LINKS)],
  ['A file of keys to import, by the API', `${kib(MAX_IMPORT_BYTES)}, ${count(MAX_LINES)} lines`],
  ['Prefixes and lengths of an account’s imported keys', count(MAX_FORMS)],
  ['Unfinished commands of an account', count(mostUnfinished('create-api-key'))],
  ['The same, for revoking and removing', count(mostUnfinished('revoke-api-key'))],
  ['Answers that an `Idempotency-Key` repeats', `of \`/verify\` ${ONCE_SECONDS / 60} min`],
])('%s: the tables say what the code does', (what, expected) => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${what} `))
  expect(row?.split('|')[2], what).toContain(expected)
})

it('what is refused because Redis is away is refused within a second, and the bench asks for that', async () => {
  const guarantees = await readFile(join(root, 'docs/guarantees.md'), 'utf8')
  const [, promise] = /## 11\..*?While Redis is away ([^.]*)\./s.exec(guarantees) ?? []
  expect(promise?.replaceAll('\n', ' ')).toMatch(/503 .* within a second$/)
  expect(REFUSED_MS).toBe(1_000)
  // What is left is for the answer to be written and read.
  expect(BOUND_MS).toBeLessThan(REFUSED_MS)
})

it('the pools of a process are divided as the page says', () => {
  const sizes = (pools: object) =>
    Object.values(pools as Record<string, { poolMax: number }>).map(({ poolMax }) => poolMax)
  const [, ofApi = '', ofWorker = ''] =
    /An api has (.*?)\. A worker has (.*?)\. If you set more/s.exec(page.replaceAll('\n', ' ')) ?? []
  const numbersIn = (text: string) => [...text.matchAll(/\d+/g)].map(Number)
  expect(numbersIn(ofApi)).toEqual(sizes(api))
  expect(numbersIn(ofWorker)).toEqual(sizes(worker))
})

it('rows that stand for more than one bound are of bounds that are equal', () => {
  expect(worker.asks.connectMs).toBe(worker.leases.connectMs)
  expect(worker.asks.statementMs).toBe(worker.leases.statementMs)
  expect({ ...worker.revocations, poolMax: 0 }).toEqual({ ...worker.commands, poolMax: 0 })
  expect(worker.metering.connectMs).toBe(worker.messages.connectMs)
  expect(worker.maintenance.connectMs).toBe(worker.messages.connectMs)
  expect(BOUNDS.changes.maxWaiting).toBe(BOUNDS.reads.maxWaiting)
  expect(jobs.crossings).toBe(jobs.alerts)
  expect(jobs.maintenance).toBe(jobs.alerts)
  expect(TOKEN_WAIT_MS).toBe(STATE_WAIT_MS)
  expect(EXPIRED_EVENTS_AT_ONCE).toBe(EXPIRED_ENTRIES_AT_ONCE)
})
