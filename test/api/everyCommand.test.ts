import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { type Command, CommanderError } from 'commander'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createProgram } from '../../src/cli/commands.ts'
import { cliCommands } from '../../src/dev/reference/commandLine.ts'
import { askOperator } from '../setup/operator.ts'
import { createClient } from '../support/client.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { startCommandLine } from '../support/startCommandLine.ts'

const password = 'from standard input'
const hash = crypto.randomUUID().replaceAll('-', '').repeat(2)
const today = new Date().toISOString().slice(0, 10)
const ada = 'ada@every-command.example.com'
const limits = [
  ...['--live-keys', '3', '--test-keys', '3', '--requests-per-minute', '60', '--requests-per-day', '100'],
  ...['--renders-per-month', 'unlimited', '--renders-hard', 'false'],
]

/** What earlier commands have made. */
type Made = {
  account: string
  adminKey: string
  resetLink: string
  other: string
  file: string
  serviceToken: string
  operatorToken: string
  webhook: string
}

type Run = {
  args: (made: Made) => string[]
  /** Then it runs in a process of its own. */
  stdin?: string
  /** What of its result is certain. */
  gives?: object
  refused?: string
  keep?: (result: Record<string, string>) => Partial<Made>
}

const ofAccount = (...more: string[]) => ({ args: ({ account }: Made) => [account, ...more] })
const anyEntry = expect.arrayContaining([expect.any(Object)])

/** Every command in an order in which each finds what it needs. */
const RUNS: Record<string, Run> = {
  'account create': {
    args: () => ['--name', 'Every command', '--external-id', `every-${hash}`, '--metadata', '{"crm": 7}'],
    gives: { accountId: expect.any(String), adminKey: expect.stringMatching(/^pk_live_/) },
    keep: ({ accountId = '', adminKey = '' }) => ({ account: accountId, adminKey }),
  },
  'account admin-key': { ...ofAccount(), gives: { adminKey: expect.stringMatching(/^pk_live_/) } },
  'account list': {
    args: () => ['--external-id', `every-${hash}`],
    gives: [expect.objectContaining({ externalId: `every-${hash}`, status: 'active', plan: 'free' })],
  },
  'account show': {
    ...ofAccount(),
    gives: { externalId: `every-${hash}`, metadata: { crm: 7 }, counts: { liveKeys: 2 } },
  },
  'account update': {
    ...ofAccount('--name', 'Changed', '--plan', 'pro', '--limits', '{"testKeys": 1}', '--no-external-id'),
    gives: {
      name: 'Changed',
      plan: 'pro',
      externalId: null,
      customLimits: { testKeys: 1 },
      metadata: { crm: 7 },
    },
  },
  'account plan': { ...ofAccount('business'), gives: { plan: 'business' } },
  'account limits': { ...ofAccount('{"liveKeys": 9}'), gives: { limits: { liveKeys: 9 } } },
  'account suspend': { ...ofAccount('--reason', 'Not paid'), gives: { accountId: expect.any(String) } },
  'account resume': { ...ofAccount() },
  'member add': {
    ...ofAccount('--email', ada, '--role', 'viewer', '--password-stdin'),
    stdin: `${password}, the first\n`,
    gives: { email: ada, role: 'viewer' },
  },
  'member invite-link': {
    ...ofAccount('--email', 'bob@example.com'),
    gives: { url: expect.stringContaining('/dashboard/invitations#') },
  },
  'member list': {
    ...ofAccount(),
    gives: [
      expect.objectContaining({ email: ada, status: 'active' }),
      expect.objectContaining({ email: 'bob@example.com', status: 'invited' }),
    ],
  },
  'member role': { ...ofAccount(ada, 'admin'), gives: { email: ada, role: 'admin' } },
  'member rename': { ...ofAccount(ada.toUpperCase(), 'Ada'), gives: { email: ada, name: 'Ada' } },
  'member password': { ...ofAccount(ada, '--password-stdin'), stdin: password, gives: { email: ada } },
  'member reset-link': {
    ...ofAccount(ada),
    gives: { url: expect.stringMatching(/\/dashboard\/password-reset#[0-9A-Za-z]{40}$/) },
    keep: ({ url = '' }) => ({ resetLink: url }),
  },
  'member remove': { ...ofAccount('bob@example.com'), gives: { id: expect.stringMatching(/^mem_/) } },
  'plan list': { args: () => [], gives: anyEntry },
  'plan set': { args: () => ['every-command', ...limits], gives: { name: 'every-command' } },
  'account import': { args: ({ account, file }) => [account, file], gives: { imported: 1, failed: 0 } },
  'imports allow': { ...ofAccount(), gives: { importsAllowed: true } },
  'imports refuse': { ...ofAccount(), gives: { importsAllowed: false } },
  'imports find': { args: () => [hash], gives: { name: 'Imported' } },
  'imports move': { args: ({ other }) => [hash, other], gives: { moved: true } },
  'account export': {
    ...ofAccount(),
    gives: expect.arrayContaining([expect.objectContaining({ record: 'end' })]),
  },
  'service-token create': {
    args: () => ['--name', 'Every command', '--permissions', 'verify'],
    gives: { serviceToken: expect.any(String) },
    keep: ({ serviceTokenId = '' }) => ({ serviceToken: serviceTokenId }),
  },
  'service-token list': { args: () => [], gives: anyEntry },
  'service-token revoke': { args: ({ serviceToken }) => [serviceToken] },
  'operator-token create': {
    args: () => ['--name', 'Every command', '--permissions', 'accounts:read'],
    gives: { token: expect.any(String) },
    keep: ({ id = '' }) => ({ operatorToken: id }),
  },
  'operator-token list': { args: () => [], gives: anyEntry },
  'operator-token revoke': { args: ({ operatorToken }) => [operatorToken] },
  'webhook create': {
    args: () => ['--url', 'https://hooks.example.com/keys', '--events', 'account.erased'],
    gives: { secret: expect.stringMatching(/^whsec_/) },
    keep: ({ id = '' }) => ({ webhook: id }),
  },
  'webhook list': { args: () => [], gives: anyEntry },
  'webhook delete': { args: ({ webhook }) => [webhook] },
  'session-link create': {
    ...ofAccount('--role', 'viewer'),
    gives: { url: expect.stringContaining('/dashboard/session-link#') },
  },
  'audit-log': { args: () => ['--limit', '5'], gives: anyEntry },
  'events tail': {
    ...ofAccount(),
    args: ({ account }) => ['--once', '--after', '0', '--account', account],
    gives: expect.arrayContaining([expect.objectContaining({ type: 'member.removed' })]),
  },
  'region list': { args: () => [], gives: [] },
  'region remove': { args: () => ['atlantis'], refused: 'There is no further region atlantis.' },
  'usage reconcile': {
    args: ({ account }) => ['--account', account],
    gives: { differing: 0, differences: [] },
  },
  'usage rebuild': { args: ({ account }) => ['--day', today, '--account', account] },
  'backup now': { args: () => [], refused: 'BACKUP_DIR is not set' },
  'backup list': { args: () => [], gives: [] },
  'backup check': { args: () => [], refused: 'BACKUP_DIR is not set' },
  'backup restore': { args: () => [], refused: 'BACKUP_DIR is not set' },
  'secrets status': {
    args: () => [],
    gives: expect.arrayContaining([expect.objectContaining({ key: 1, role: 'current', removable: false })]),
  },
  'secrets reseal': { args: () => [], gives: { key: 1, channels: 0, links: 0, unreadable: 0 } },
  recover: { args: () => [], gives: expect.objectContaining({ entries: 0, keysRevoked: 0 }) },
  shards: { args: () => [], gives: { shards: 1 } },
  'usage parked': { args: () => [], gives: { parked: 0 } },
  'upgrade check': { args: () => [], gives: { rolling: true, migrations: [] } },
  migrate: { args: () => [], gives: { applied: [] } },
  // The Postgres of the tests does not flush.
  doctor: {
    args: () => ['fsync', 'full-page-writes', 'synchronous-commit'].map((name) => `--skip=postgres-${name}`),
    gives: { ready: true, errors: 0 },
  },
  'account erase': { args: ({ other }) => [other], gives: { accountId: expect.any(String) } },
  'account erased-usage': { args: ({ other }) => [other], gives: [] },
}

const names = cliCommands(createProgram()).map(({ name }) => name.replace(/^keys /, ''))
const commands = names.map((name) => [name] as const)

let service: SharedService
let folder: string
const NOTHING = { adminKey: '', resetLink: '', webhook: '' }
const made: Made = { ...NOTHING, account: '', other: '', file: '', serviceToken: '', operatorToken: '' }
beforeAll(async () => {
  service = await sharedService()
  folder = await mkdtemp(join(tmpdir(), 'every-command-'))
  made.file = join(folder, 'keys.jsonl')
  await writeFile(made.file, JSON.stringify({ hash, name: 'Imported' }))
  made.other = (await service.account('pro')).accountId
})
afterAll(() => rm(folder, { recursive: true }))

/** Arguments that pass for ones that are there. */
const ANYTHING: Made = {
  ...NOTHING,
  account: 'a',
  other: 'b',
  file: 'f',
  serviceToken: 's',
  operatorToken: 'o',
}

/** What a command prints before it does anything, without an environment. */
async function parse(args: string[]): Promise<{ code: string; text: string }> {
  let text = ''
  const quiet = (command: Command): Command => {
    for (const one of command.commands) quiet(one)
    const write = (part: string) => {
      text += part
    }
    return command.exitOverride().configureOutput({ writeOut: write, writeErr: write })
  }
  const error = await quiet(createProgram())
    .parseAsync(args, { from: 'user' })
    .then(
      () => undefined,
      (thrown) => thrown as Error,
    )
  if (error instanceof CommanderError) return { code: error.code, text }
  throw error ?? new Error(`keys ${args.join(' ')} ran`)
}

describe('every command of bin/keys', () => {
  it('is in this table', () => expect(Object.keys(RUNS).toSorted()).toEqual(names.toSorted()))

  it.each(commands)('%s --help says how to use it', async (name) => {
    const { code, text } = await parse([...name.split(' '), '--help'])
    expect([code, text]).toEqual(['commander.helpDisplayed', expect.stringContaining(`Usage: keys ${name} `)])
  })

  it.each(commands)('%s --nope names the option that it does not have', async (name) => {
    const given = RUNS[name]?.args(ANYTHING) ?? []
    const { code, text } = await parse([...name.split(' '), ...given, '--nope'])
    expect([code, text]).toEqual(['commander.unknownOption', expect.stringContaining("'--nope'")])
  })

  it.each(Object.entries(RUNS))('%s --json prints JSON and nothing else', async (name, run) => {
    const words = [...name.split(' '), ...run.args(made)]
    const { stdout, failure } = await ask(words, run.stdin)
    if (run.refused) return expect([stdout, failure]).toEqual(['', expect.stringContaining(run.refused)])
    expect(failure).toBeUndefined()
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const result = lines.length === 1 && name !== 'account export' ? lines[0] : lines
    expect(result).toMatchObject(run.gives ?? {})
    Object.assign(made, run.keep?.(result))
  })
})

describe('what the commands of the table have done', () => {
  it('is in the audit log under the login name of whoever ran them', async () => {
    const { body } = await createClient(service.url, made.adminKey).get('/audit-log?limit=100')
    const entries = body.entries as { action: string; actor: { type: string; id: string } }[]
    const actions = entries.map(({ action }) => action)
    for (const action of [
      ...['created', 'updated', 'plan-changed', 'suspended', 'resumed'].map((name) => `account.${name}`),
      ...['account.exported', 'account.imports-allowed', 'api-key.created', 'api-keys.imported'],
      ...['member.added', 'member.invited', 'member.updated', 'member.reset-link-created', 'member.removed'],
    ])
      expect(actions).toContain(action)
    const actors = new Set(entries.map(({ actor }) => `${actor.type} ${actor.id}`))
    expect([...actors]).toEqual([`operator ${userInfo().username}`])
  })

  it('a password that was set signs in, until the reset link has set another one', async () => {
    const people = createClient(service.url)
    const signIn = async (given: string) =>
      (await people.post('/session', { email: ada, password: given })).status
    expect([await signIn(`${password}, the first`), await signIn(password)]).toEqual([401, 201])
    const token = made.resetLink.split('#')[1]
    const complete = () => people.post('/password-resets/complete', { token, password: 'by the reset link' })
    expect((await complete()).status).toBe(204)
    expect([await signIn(password), await signIn('by the reset link')]).toEqual([401, 201])
    expect((await complete()).body.title).toBe('Password reset not found')
    // It is hers alone from now on.
    const { failure } = await ask(['member', 'password', made.account, ada, '--password-stdin'], password)
    expect(failure).toContain('`member reset-link` prints a link')
  })

  it('a reset link ends with the member', async () => {
    const email = 'gone@every-command.example.com'
    await ask(['member', 'add', made.account, '--email', email, '--password-stdin'], password)
    const { stdout } = await ask(['member', 'reset-link', made.account, email])
    await ask(['member', 'remove', made.account, email])
    const token = JSON.parse(stdout).url.split('#')[1]
    const answer = await createClient(service.url).post('/password-resets/complete', { token, password })
    expect(answer.status).toBe(404)
  })
})

async function ask(words: string[], stdin?: string): Promise<{ stdout: string; failure?: string }> {
  if (stdin === undefined) {
    const asked = { env: service.env, task: 'cli', value: JSON.stringify(words) } as const
    const { stdout = '', failure } = await askOperator(inject('operatorPort'), asked)
    return { stdout, failure: failure?.message }
  }
  const { code, stdout, stderr } = await startCommandLine(service.env, [...words, '--json'], stdin).end
  return { stdout, failure: code === 0 ? undefined : stderr }
}
