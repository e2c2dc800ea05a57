import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { type Account, createImporter, newValue, record, sha256 } from '../support/createImporter.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let folder: string
beforeAll(async () => {
  service = await startService()
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-import-'))
})
afterAll(async () => {
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})

const importer = () => createImporter(service)
const _send = (...args: Parameters<ReturnType<typeof importer>['send']>) => importer().send(...args)
const sendRecords = (account: Account, records: object[], query = '') =>
  importer().sendRecords(account, records, query)
const codeOf = (value: string) => importer().codeOf(value)
const countKeys = (account: Account) => importer().countKeys(account)
const cli = (...args: Parameters<ReturnType<typeof importer>['cli']>) => importer().cli(...args)

describe('bin/keys account import', () => {
  it('reads files and standard input of any size; a dry run counts over all of it', async () => {
    const account = await service.account('pro')
    const file = join(folder, 'keys.csv')
    const rows = Array.from({ length: 1_200 }, () => `Key,${sha256(newValue())},live`)
    rows.push(rows[0] ?? '')
    await writeFile(file, ['name,hash,type', ...rows].join('\n'))
    const dry = await cli(['account', 'import', account.accountId, file, '--dry-run', '--json'])
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dryRun: true,
      total: 1_201,
      imported: 9,
      failed: 1_192,
      furtherErrors: 1_092,
    })
    expect(dry.code).toBe(1)
    expect(await countKeys(account)).toBe(1)

    const text = JSON.stringify(record(newValue()))
    const piped = await cli(['account', 'import', account.accountId, '-'], `${text}\n{"hash":1}\n`)
    expect(piped).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^line 2: hash must be of type string\n/),
    })
    expect(piped.stdout).toMatch(/imported: 1\n/)
    expect(await countKeys(account)).toBe(2)
    const nobody = await cli(['account', 'import', 'acct_none', '-'], text)
    expect(nobody).toMatchObject({ code: 1, stderr: 'There is no account with this ID.\n' })
  })

  it('promise 1: goes on where it stopped when a worker is killed in its midst: all there, none twice', async () => {
    const account = await service.account('enterprise')
    const file = join(folder, 'many.jsonl')
    const values = Array.from({ length: 2_500 }, () => newValue())
    await writeFile(file, values.map((value) => JSON.stringify(record(value))).join('\n'))
    const count = async () =>
      Number(
        (
          await runSql(
            service.databaseUrl,
            `select count(*) from api_key where account_id = '${account.accountId}'`,
          )
        )[0]?.[0]?.count,
      )

    const running = cli(['account', 'import', account.accountId, file, '--json'])
    await eventually(count, (keys) => keys > 1)
    await service.workers.pop()?.end('SIGKILL')
    const atDeath = await count()
    service.workers.push(service.startWorker())
    const first = await running
    const again = await cli(['account', 'import', account.accountId, file, '--json'])
    expect({ ...again, stdout: JSON.parse(again.stdout) }).toMatchObject({
      code: 0,
      stdout: { total: 2_500, failed: 0, errors: [] },
    })
    expect(atDeath).toBeLessThan(2_501)
    expect(first.code === 0 || /No worker has done it/.test(first.stderr)).toBe(true)
    expect(await count()).toBe(2_501)
    const log = await runSql(
      service.databaseUrl,
      `select count(*), count(distinct target_id) as keys from audit_entry
       where account_id = '${account.accountId}' and action = 'api-key.imported'`,
    )
    expect(log[0]?.[0]).toEqual({ count: '2500', keys: '2500' })
    expect(await codeOf(values.at(-1) ?? '')).toBe('VALID')
  })
})

describe('export', () => {
  it('has everything of the account, and no secret, digest or hash', async () => {
    const [account, other] = await Promise.all([service.account('business'), service.account()])
    await other.createKey({ name: 'Not mine' })
    const value = newValue()
    const created = await account.createKey({ name: 'Made here' })
    await sendRecords(account, [record(value, { name: 'Came by hash' })])
    const password = 'a password that nobody has'
    await account.post('/members', { email: 'eva@example.com', role: 'admin', password })
    await service.server.post('/verify', { key: created.key, ip: '10.1.2.3', endpoint: '/image' })
    const download = async () => {
      const headers = { Authorization: `Bearer ${account.adminKey}` }
      const answer = await fetch(`${service.url}/account/export`, { headers })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
      return answer.text()
    }
    const text = await eventually(download, (lines) =>
      ['"usage-day"', '"usage-day-of-endpoint"', '"caller-day"'].every((kind) => lines.includes(kind)),
    )
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const of = (kind: string) => lines.filter((line) => line.record === kind)
    expect(of('account')).toMatchObject([
      { id: account.accountId, plan: 'business', limits: { liveKeys: 50 } },
    ])
    expect(of('member')).toMatchObject([{ email: 'eva@example.com', role: 'admin' }])
    expect(of('api-key').map(({ name }) => name)).toEqual(['Admin key', 'Made here', 'Came by hash'])
    expect(of('audit-entry').map(({ action }) => action)).toEqual(
      expect.arrayContaining(['api-key.created', 'api-key.imported', 'api-keys.imported', 'member.added']),
    )
    expect(of('usage-day')).toMatchObject([{ keyId: created.id, requests: 1 }])
    expect(of('usage-day-of-endpoint')).toMatchObject([{ endpoint: '/image', requests: 1 }])
    expect(of('caller-day')).toMatchObject([{ keyId: created.id, ip: '10.1.2.3', requests: 1 }])
    expect(lines.at(-1)).toEqual({ record: 'end', records: lines.length - 1 })

    const printed = await cli(['account', 'export', account.accountId])
    const kinds = (some: string) =>
      some
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).record)
    // The second export has the entry of itself, and of each before it.
    const others = (some: string) => kinds(some).filter((kind) => kind !== 'audit-entry')
    expect(others(printed.stdout)).toEqual(others(text))
    const { body } = await account.get('/audit-log?action=account.exported')
    const actors = body.entries.map(({ actor }: { actor: { type: string } }) => actor.type)
    expect([actors[0], actors.at(-1)]).toEqual(['operator', 'api_key'])

    const stored = await runSql(
      service.databaseUrl,
      `select digest from api_key where account_id = '${account.accountId}'`,
      'select password_hash as digest from member',
    )
    const digests = stored.flat().map(({ digest }) => String(digest))
    expect(digests.length).toBeGreaterThanOrEqual(4)
    for (const whole of [text, printed.stdout]) {
      for (const secret of [
        value,
        created.key,
        account.adminKey,
        password,
        sha256(value),
        ...digests,
        '$argon2',
      ])
        expect(whole).not.toContain(secret)
      expect(whole).not.toMatch(/Not mine|digest|passwordHash|[0-9a-f]{64}/)
    }
  })

  it('takes all that it shows', async () => {
    const account = await service.account()
    const { key } = await account.createKey({ access: 'admin', permissions: ['keys:manage'] })
    expect((await account.as(key).get('/account/export')).body).toMatchObject({
      status: 403,
      requiredPermission: 'members:manage',
    })
  })
})
