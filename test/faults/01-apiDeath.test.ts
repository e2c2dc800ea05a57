import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { type Answer, type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { failingEnv } from '../support/failingEnv.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { readable, startReceiver, startSmtp } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'

/** Apis die between a commit and what follows from it. Chance repeats with SEED. */
const seed = anySeed()
const random = createRandom(seed)
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 6)
/** Changes of each kind in a round. */
const EACH = 4

let service: Service
let smtp: Awaited<ReturnType<typeof startSmtp>>
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  smtp = await startSmtp()
  receiver = await startReceiver()
  const urls = { SMTP_URL: smtp.url, PUBLIC_URL: 'http://keys.example.com' }
  service = await startService({ env: { ...urls, WEBHOOK_ALLOW_PRIVATE: 'true' } })
})
afterAll(async () => {
  await service.stop()
  await Promise.all([smtp.stop(), receiver.stop()])
})

const rowsOf = async (sql: string) => (await runSql(service.databaseUrl, sql))[0] ?? []

/** What each kind of change writes: the command, the entry of the audit log and the lifecycle event. */
const KINDS = {
  create: { status: 201, command: 'create-api-key', action: 'api-key.created', event: 'api_key.created' },
  rename: { status: 200, command: 'update-api-key', action: 'api-key.updated', event: 'api_key.updated' },
  revoke: { status: 200, command: 'revoke-api-key', action: 'api-key.revoked', event: 'api_key.revoked' },
  rotate: { status: 201, command: 'rotate-api-key', action: 'api-key.rotated', event: 'api_key.rotated' },
} as const
type Kind = keyof typeof KINDS

type Key = { id: string; key: string }
/** `target`: the key that it changes, of which nothing else is asked. `answer`: the first that says that it is done. */
type Change = { kind: Kind; name: string; target: Key; answer?: Answer }

function send(api: Client, { kind, name, target }: Change): Promise<Answer> {
  const once = { headers: { 'Idempotency-Key': name } }
  const path = `/api-keys/${target.id}`
  if (kind === 'create') return api.post('/api-keys', { name, type: 'live' }, once)
  if (kind === 'rename') return api.patch(path, { name })
  return api.post(`${path}/${kind}`, kind === 'rotate' ? { overlapSeconds: 3_600 } : {}, once)
}

/** Sends changes to an api that dies after one of their commits, at once or while it sends and waits for jobs. */
async function askDying(account: Client, changes: Change[], ms: number): Promise<void> {
  const at = random.between(1, changes.length)
  const dying = await service.startApi(failingEnv({ after: 'insert into command', at, by: 'die', ms }))
  const api = createClient(dying.url, account.secret)
  const ask = async (change: Change) => {
    const answer = await send(api, change).catch(() => undefined)
    if (answer) expect(answer.status).toBe(KINDS[change.kind].status)
    change.answer = answer
  }
  await Promise.all(changes.map(ask))
  // Where all were answered before that.
  await dying.end('SIGKILL')
}

/** Repeats a change at an api that lives until it is done, or sees that its repeats get the same answer. */
async function repeat(account: Client, change: Change): Promise<void> {
  const answer = await eventually(
    () => send(account, change),
    ({ status }) => status !== 409,
  )
  expect(answer.status).toBe(KINDS[change.kind].status)
  if (change.answer) expect(answer.body).toEqual(change.answer.body)
  change.answer = answer
}

/** Expects that every command has ended, and has written one entry and one event. Nobody asks for their outcome. */
async function expectAllDone(accountId: string): Promise<void> {
  await eventually(
    () => rowsOf(`select kind, sweeps from command where status in ('pending', 'applied')`),
    (rows) => rows.length === 0,
  )
  await eventually(
    () => rowsOf('select from lifecycle_event_pending'),
    (rows) => rows.length === 0,
  )
  const of = `where account_id = '${accountId}' and`
  // The account came with an admin key.
  const isAsked = `not in (select id from api_key where access = 'admin')`
  for (const { command, action, event } of Object.values(KINDS)) {
    const [commands = [], entries, events] = await runSql(
      service.databaseUrl,
      `select target_id as id, status from command ${of} kind = '${command}' order by 1`,
      `select target_id as id from audit_entry ${of} action = '${action}' order by 1`,
      `select subject as id from lifecycle_event ${of} type = '${event}' and subject ${isAsked} order by 1`,
    )
    expect(commands.filter(({ status }) => status !== 'succeeded')).toEqual([])
    const targets = commands.map(({ id }) => ({ id }))
    expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length)
    expect([entries, events]).toEqual([targets, targets])
  }
  const [created, keys] = await runSql(
    service.databaseUrl,
    `select target_id as id from command ${of} kind = 'create-api-key' order by 1`,
    `select id from api_key ${of} id ${isAsked} and rotated_from is null order by 1`,
  )
  expect(keys).toEqual(created)
}

/** A change that is known to be done has made one key, has renamed its key, or has ended it. */
async function expectEffect(accountId: string, { kind, name, target, answer }: Change): Promise<void> {
  const of = `where account_id = '${accountId}' and`
  const [made, ended] = await Promise.all([
    rowsOf(`select from api_key ${of} (name = '${name}' or rotated_from = '${target.id}')`),
    rowsOf(`select from command ${of} kind = 'revoke-api-key' and target_id = '${target.id}'`),
  ])
  const done = kind === 'revoke' ? ended : made
  if (answer) expect([name, done.length]).toEqual([name, 1])
  else expect(done.length).toBeLessThanOrEqual(1)
  if (kind === 'revoke') expect(await codeOf(target.key)).toBe(ended.length === 1 ? 'REVOKED' : 'VALID')
  if (answer?.status === 201) expect(await codeOf(answer.body.key)).toBe('VALID')
}

const codeOf = async (key: string) => (await service.server.post('/verify', { key })).body.code

it(`promises 1 and 14: commands whose api dies after their commit are done once, repeated or not (seed ${seed})`, async () => {
  const { accountId, ...account } = await service.account('enterprise')
  const changes: Change[] = []
  const repeats: Promise<void>[] = []
  let atOnce = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const own = Object.keys(KINDS).flatMap((kind) =>
      Array.from({ length: EACH }, (_, place) => ({ kind: kind as Kind, name: `${kind}-${round}-${place}` })),
    )
    const targets = await Promise.all(own.map(() => account.createKey()))
    const asked = random.shuffle(
      own.map((change, place): Change => ({ ...change, target: targets[place] as Key })),
    )
    const ms = random.chance(0.5) ? 0 : random.between(1, 40)
    if (ms === 0) atOnce += 1
    await askDying(account, asked, ms)
    changes.push(...asked)
    // A PATCH has no Idempotency-Key: a second one would be another command.
    for (const change of asked)
      if (change.kind !== 'rename' && random.chance(0.5)) repeats.push(repeat(account, change))
    // What fails is seen at the end.
    Promise.all(repeats).catch(() => {})
  }
  await Promise.all(repeats)
  await expectAllDone(accountId)
  const swept = await rowsOf(`select from command where account_id = '${accountId}' and sweeps > 0`)
  expect(swept.length).toBeGreaterThanOrEqual(atOnce)
  for (const change of changes) await expectEffect(accountId, change)
  for (const change of changes) if (change.answer && change.kind !== 'rename') await repeat(account, change)
  await expectAllDone(accountId)
}, 240_000)

it('the email of a password reset whose api dies after its commit is sent', async () => {
  const { post } = await service.account('enterprise')
  const email = 'forgotten@example.com'
  expect((await post('/members', { email, role: 'viewer', password: 'a long password' })).status).toBe(201)
  const point = { after: 'insert into password_reset', by: 'die', ms: 0 } as const
  const dying = await service.startApi(failingEnv(point))
  await createClient(dying.url)
    .post('/password-resets', { email })
    .catch(() => {})
  expect(await dying.exited).toBe(null)
  await eventually(
    async () => smtp.mails.filter(({ to }) => to.includes(email)),
    (mails) => mails.some((mail) => readable(mail).includes('/dashboard/password-reset#')),
  )
})

const isJoined = ({ type }: { type: string }) => /member.joined$/.test(type)

/** The token in the email to an invited address. */
const tokenTo = async (email: string) =>
  eventually(
    async () => {
      const mail = smtp.mails.find(({ to }) => to.includes(email))
      return mail && /\/dashboard\/invitations#([0-9A-Za-z]{40})/.exec(readable(mail))?.[1]
    },
    (token) => token !== undefined,
  )

it(`promise 14: the event of an invitation whose api dies after its commit is announced once (seed ${seed})`, async () => {
  const { accountId, ...account } = await service.account('enterprise')
  const operator = createClient(service.url, await service.operatorToken())
  const hook = { url: `${receiver.url}/joined`, events: ['member.joined'] }
  expect((await operator.post('/webhooks', hook)).status).toBe(201)
  const people = [1, 2, 3, 4].map((one) => ({
    email: `invited-${one}@example.com`,
    password: 'a long password',
  }))
  for (const { email } of people) {
    const invited = await account.post('/members', { email, role: 'viewer' })
    expect(invited.status).toBe(201)
  }
  const tokens = await Promise.all(people.map(({ email }) => tokenTo(email)))
  const accept = (api: Client, place: number) =>
    api.post('/invitations/accept', { token: tokens[place], password: people[place]?.password })

  const at = random.between(1, people.length)
  const point = { after: 'insert into "lifecycle_event_pending"', at, by: 'die', ms: 0 } as const
  const dying = await service.startApi(failingEnv(point))
  await Promise.all(people.map((_, place) => accept(createClient(dying.url), place).catch(() => {})))
  expect(await dying.exited).toBe(null)
  const announced = () =>
    rowsOf(
      `select subject as id from lifecycle_event where type = 'member.joined' and account_id = '${accountId}'`,
    )
  // A worker does this: nobody has asked for events.
  await eventually(announced, ({ length }) => length >= at)

  const joined = `select id from member where account_id = '${accountId}' and status = 'active'`
  const before = (await rowsOf(joined)).length
  const again = await Promise.all(people.map((_, place) => accept(account.as(undefined), place)))
  expect(again.filter(({ status }) => status === 404).length).toBe(before)
  expect(again.filter(({ status }) => status === 201).length).toBe(people.length - before)
  for (const one of people) expect((await account.as(undefined).post('/session', one)).status).toBe(201)
  await eventually(announced, ({ length }) => length >= people.length)
  const members = (await rowsOf(joined)).map(({ id }) => id).toSorted()
  expect((await announced()).map(({ id }) => id).toSorted()).toEqual(members)
  const pushed = await eventually(
    async () => receiver.at('/joined').map(({ body }) => JSON.parse(String(body))),
    (events) => events.filter(isJoined).length >= people.length,
  )
  expect(
    pushed
      .filter(isJoined)
      .map(({ subject }) => subject)
      .toSorted(),
  ).toEqual(members)
}, 120_000)
