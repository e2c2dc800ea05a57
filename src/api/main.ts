import { flushCompileCache } from 'node:module'
import { readServiceTokens } from '../domain/accounts/serviceTokenStore.ts'
import { readBackups } from '../domain/backups/backupStore.ts'
import { listForms } from '../domain/imports/formStore.ts'
import { readKeyStates } from '../domain/keys/keyState.ts'
import { oldestNotifications } from '../domain/notifications/deliveryHealth.ts'
import { PRIMARY } from '../domain/regions.ts'
import { countUnderOtherKeys } from '../domain/secrets/keyUse.ts'
import { countDiffering } from '../domain/usage/reconcile.ts'
import { checkSchema } from '../platform/checkSchema.ts'
import { EventRelay } from '../platform/EventRelay.ts'
import { enqueuePushes } from '../platform/enqueuePushes.ts'
import { readEnv } from '../platform/env.ts'
import { createLog } from '../platform/log.ts'
import { lowerPool } from '../platform/lowPriority.ts'
import { measureBackups } from '../platform/measureBackups.ts'
import { measureEventLoop } from '../platform/measureEventLoop.ts'
import { measureSecrets } from '../platform/measureSecrets.ts'
import {
  countVerifications,
  createMetrics,
  measureCache,
  measureNotifications,
  measurePools,
  measureQueues,
  measureReconciliation,
} from '../platform/metrics.ts'
import { observe } from '../platform/observe.ts'
import { type ApiPool, apiPools, openPools, standbyPools } from '../platform/pools.ts'
import { openQueues } from '../platform/queues.ts'
import { openReplies } from '../platform/replies.ts'
import { createSealer } from '../platform/seal.ts'
import { readSecretsKeys } from '../platform/secretsKeys.ts'
import { createShutdown } from '../platform/shutdown.ts'
import { startTracing } from '../platform/startTracing.ts'
import type { RequestHandler } from '../platform/tracing.ts'
import { createVault } from '../platform/vault.ts'
import { epochRegister } from '../region/epochRegister.ts'
import { openRegions, primaryOf, shardsOf } from '../region/openRegions.ts'
import { quotasIn } from '../region/quotasIn.ts'
import { fillShards, fillTokensOf, getTokensOf } from '../region/shards.ts'
import { KnownTokens } from '../verifier/KnownTokens.ts'
import { Verifier } from '../verifier/Verifier.ts'
import { createTurns } from './AtOnce.ts'
import { createApp } from './app.ts'
import { createAttempts } from './attempts.ts'
import { BoundedLookup } from './BoundedLookup.ts'
import { CallLimits, REFUSED_CALL_MS } from './CallLimits.ts'
import { createClientIp } from './clientIp.ts'
import type { ApiContext } from './context.ts'
import { createCookieJar } from './cookies.ts'
import { DelayedRefusals } from './DelayedRefusals.ts'
import { createHotPath, hotPaths } from './hot.ts'
import { ImportReader } from './imports/ImportReader.ts'
import { createKnownDevices } from './knownDevice.ts'
import { createOperatorTokens } from './operatorTokens.ts'
import { createPasswords } from './passwords.ts'
import { ReadSources } from './ReadSources.ts'
import { REFUSED_KEY_MS, RefusedKeys } from './RefusedKeys.ts'
import { refuseBytes } from './refuseBytes.ts'
import { cannotCheck, createServiceTokens } from './serviceTokens.ts'
import { startServers } from './startServers.ts'

const env = readEnv()
const secrets = readSecretsKeys(env)
const tracing = await startTracing(env, 'api')
const log = createLog(env.LOG_LEVEL, { process: 'api' })
const shutdown = createShutdown(log, env.SHUTDOWN_MS)
shutdown.add('traces', () => tracing.close())
const metrics = createMetrics()
measureEventLoop(metrics)
const now = () => new Date()
const delayedRefusals = (of: 'call' | 'key', ms: number) =>
  new DelayedRefusals(ms, () => metrics.delayedRefusals.inc({ of }))

await lowerPool().catch((error) =>
  log.warn({ err: error }, 'passwords are hashed at the priority of the rest'),
)
const pools = await openPools(env.DATABASE_URL, apiPools(env))
shutdown.add('postgres', () => pools.close())
await checkSchema(pools.tokens, log, shutdown)
measurePools(metrics, pools)
const emOf = (pool: ApiPool) => pools[pool].em.fork()
const em = () => emOf('reads')
const standby =
  env.DATABASE_READ_URL === undefined ? undefined : await openPools(env.DATABASE_READ_URL, standbyPools(env))
if (standby) shutdown.add('standby', () => standby.close())
const sources = new ReadSources({
  primary: emOf,
  standby: standby && ((pool) => standby[pool].em.fork()),
  now,
  log,
  onRead: (from) => metrics.standbyReads.inc({ from }),
})
const queues = openQueues(env.REDIS_URL, env.REGIONS, env.SHARDS)
shutdown.add('queues', () => queues.close())
measureQueues(metrics, queues)
measureNotifications(metrics, () => oldestNotifications(em()))
measureReconciliation(metrics, () => countDiffering(em()))
measureBackups(metrics, () => readBackups(em()))
measureSecrets(metrics, () => countUnderOtherKeys(em(), secrets[0].number))
const replies = openReplies(env.REDIS_URL)
shutdown.add('replies', () => replies.close())
const regions = openRegions(env, log, epochRegister(pools.tokens))
shutdown.add('regions', () => Promise.all([...regions.values()].map((one) => one.close())))
const shards = shardsOf(regions, env.REGION)
const [region] = shards
const primary = primaryOf(regions)
const truthOf = (name: string) => (digests: string[]) =>
  readKeyStates(emOf('verification'), 'digest', digests, now(), name)

const verifier = new Verifier({
  shards,
  fillFromTruth: (digests) => fillShards(shards, () => truthOf(region.name)(digests)),
  importedForms: () => listForms(emOf('verification')),
  quotas: region === primary ? undefined : quotasIn(shardsOf(regions, PRIMARY), truthOf(PRIMARY)),
  keyPrefix: env.KEY_PREFIX,
  maxCachedKeys: 200_000,
  hooks: {
    onBatch: (size) => metrics.batchSize.observe(size),
    onVerified: countVerifications(metrics),
    onLookup: (outcome) => metrics.lookups.inc({ what: 'key', outcome }),
  },
})
measureCache(metrics, verifier)
shutdown.add('verifier', () => verifier.drain())

const tokens = new KnownTokens({
  readRegion: (digests) => getTokensOf(shards, digests),
  fillFromTruth: (digests) =>
    fillTokensOf(shards, () => readServiceTokens(emOf('tokens'), 'digest', digests)),
  giveUp: cannotCheck,
})
const serviceTokens = createServiceTokens({
  tokens,
  confirm: verifier.confirmToken,
  prefix: env.KEY_PREFIX,
  onLookup: (outcome) => metrics.lookups.inc({ what: 'service-token', outcome }),
})
shutdown.add('service tokens', () => serviceTokens.close())

const events = new EventRelay(pools.changes, (accountIds) =>
  enqueuePushes({ orm: pools.changes, queues }, { accountIds }),
)
shutdown.add('events', () => events.stop())

const bounded = (what: string, label: string) =>
  new BoundedLookup({ what, onLookup: (outcome) => metrics.lookups.inc({ what: label, outcome }) })
const operatorTokens = bounded('operator tokens', 'operator-token')
const cookies = createCookieJar(env.PUBLIC_URL)
const api: ApiContext = {
  env,
  em,
  emOf,
  readFrom: (pool) => sources.from(pool),
  verifier,
  region,
  shards,
  regions,
  queues,
  events,
  commands: {
    queues,
    replies,
    sealer: createSealer(secrets),
    log,
    waitMs: env.COMMAND_WAIT_MS,
    now,
    onAnswered: (kind, outcome, seconds) => observe(metrics.commandSeconds, { kind, outcome }, seconds),
  },
  imports: new ImportReader(),
  vault: createVault(secrets),
  serviceTokens,
  operatorTokens: createOperatorTokens(() => emOf('tokens'), env.KEY_PREFIX, now, operatorTokens),
  callLimits: new CallLimits(primary, env.CALLS_PER_MINUTE, delayedRefusals('call', REFUSED_CALL_MS)),
  turns: createTurns(),
  lookups: { sessions: bounded('sessions', 'session'), links: bounded('links', 'link') },
  cookies,
  attempts: createAttempts(primary, now, log),
  passwords: createPasswords(secrets),
  knownDevices: createKnownDevices(cookies, secrets),
  clientIp: createClientIp(env.TRUSTED_PROXIES),
  now,
  log,
  metrics,
}
const hotPath = createHotPath(api, new RefusedKeys(delayedRefusals('key', REFUSED_KEY_MS)))
const answer = createApp(api, pools.tokens).callback()
const respond: RequestHandler = (request, response) => {
  if (!hotPath(request, response)) void answer(request, response)
}
const servers = await startServers({
  env,
  handler: tracing.requests(respond, { isTrusted: api.clientIp.believes, routes: hotPaths }),
  prepare: (server) => refuseBytes(api, server),
})
shutdown.add('server', servers.stop)
const [port, sharedPort] = servers.ports
log.info({ port, sharedPort }, 'listening')
// For the next start, also where nothing is left of this process to write it at its end.
flushCompileCache()
// The servers of tests do not flush: each start would say so.
if (env.NODE_ENV !== 'test') {
  const { checkAtStart } = await import('../doctor/checkAtStart.ts')
  void checkAtStart({ log, metrics })
}
