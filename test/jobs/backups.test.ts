import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readBackups } from '../../src/domain/backups/backupStore.ts'
import { checkBackup } from '../../src/platform/backup/checkBackup.ts'
import { makeBackup, versionOf } from '../../src/platform/backup/makeBackup.ts'
import { restoreBackup } from '../../src/platform/backup/restoreBackup.ts'
import type { BackupSettings } from '../../src/platform/backup/settings.ts'
import { createLog } from '../../src/platform/log.ts'
import { VERSION } from '../../src/platform/release.ts'
import { backUpWhenDue } from '../../src/workers/schedules/keepBackups.ts'
import { eventually } from '../support/eventually.ts'
import { startPackagedPostgres } from '../support/packagedPostgres.ts'

const DAY = 86_400_000
let postgres: Awaited<ReturnType<typeof startPackagedPostgres>>
let settings: BackupSettings
let clock: Date
let major: number
const now = () => clock
const sql = <Row>(text: string, values: unknown[] = []) => postgres.orm.em.fork().execute<Row[]>(text, values)

beforeAll(async () => {
  postgres = await startPackagedPostgres()
  ;({ major } = await versionOf(postgres.orm.em.fork()))
  await sql(
    `insert into account (id, name, plan, metadata, created_at)
     select 'acct_' || n, E'Näme "quoted"\\t\\\\ ' || n, 'pro', jsonb_build_object('n', n), now() from generate_series(1, 500) n`,
  )
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  clock = new Date('2026-11-27T03:00:00Z')
  const dir = await mkdtemp(join(tmpdir(), 'pictify-keys-backups-'))
  const { databaseUrl, pgBin } = postgres
  settings = { dir, databaseUrl, pgBin, keepDays: 14, checkDays: 7, at: '02:00' }
})
afterEach(async () => {
  await rm(settings.dir, { recursive: true })
  await sql('delete from backup')
})

/** The name of a backup that this release made of this server. */
const idAt = (instant: string) => `keys-${instant}-${VERSION}-pg${major}`
const files = async () => (await readdir(settings.dir)).toSorted()
const rows = () => readBackups(postgres.orm.em.fork())
const scratchDatabases = () => sql(`select datname from pg_database where datname ~ 'scratch|restore_check'`)
const pass = (ms: number) => {
  clock = new Date(clock.getTime() + ms)
}

/** A folder with a program of this name that does something else. */
async function fakeTool(name: string, script: string): Promise<string> {
  const path = join(settings.dir, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return settings.dir
}

describe('a backup', () => {
  it('is a file of its owner with a description, and restores to what was there', async () => {
    const made = await makeBackup(settings, { now })
    const id = idAt('2026-11-27T030000Z')
    expect(made).toEqual({ id, bytes: expect.any(Number), removed: [] })
    expect(await files()).toEqual([`${id}.dump`, `${id}.json`])
    for (const file of await files()) expect((await stat(join(settings.dir, file))).mode & 0o777).toBe(0o600)
    const { tables, ...description } = JSON.parse(await readFile(join(settings.dir, `${id}.json`), 'utf8'))
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(description).toMatchObject({ bytes: made?.bytes, sha256, release: VERSION })
    expect(description.runsFrom).toBeGreaterThan(0)
    expect(tables['public.account']).toMatchObject({ rows: '500' })
    pass(60_000)
    expect(await checkBackup(settings, { now })).toEqual({
      id: made?.id,
      tables: Object.keys(tables).length,
      failure: null,
    })
    expect(await rows()).toMatchObject([
      { id: made?.id, bytes: made?.bytes, failure: null, checkedAt: clock, checkFailure: null },
    ])
    expect(await scratchDatabases()).toEqual([])
    expect(await sql('select count(*)::int n from account')).toEqual([{ n: 500 }])
  })

  it('is of one instant, whatever is written meanwhile', async () => {
    let isOver = false
    let written = 0
    const writing = (async () => {
      while (!isOver) {
        await sql(`insert into account (id, name, plan, created_at) values (?, 'W', 'pro', now())`, [
          `acct_w${++written}`,
        ])
        await sql(`update account set name = 'W' || version, version = version + 1 where id = 'acct_1'`)
      }
    })()
    await makeBackup(settings, { now })
    isOver = true
    await writing
    expect(written).toBeGreaterThan(5)
    expect(await checkBackup(settings, { now })).toMatchObject({ failure: null })
    await sql(`delete from account where id like 'acct_w%'`)
  })

  it('is made by one process at a time', async () => {
    const all = await Promise.all(Array.from({ length: 3 }, () => makeBackup(settings, { now })))
    expect(all.filter((made) => made !== undefined)).toHaveLength(1)
    expect(await rows()).toHaveLength(1)
  })

  it('leaves nothing behind when it is stopped, and says so', async () => {
    const stopped = new AbortController()
    const pgBin = await fakeTool(
      'pg_dump',
      '[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99" && exit; echo begun; exec sleep 600',
    )
    const making = makeBackup({ ...settings, pgBin }, { now, signal: stopped.signal })
    making.catch(() => {})
    await eventually(files, (names) => names.some((name) => name.endsWith('.partial')))
    stopped.abort()
    await expect(making).rejects.toThrow('pg_dump was stopped.')
    expect(await files()).toEqual(['pg_dump'])
    expect(await rows()).toMatchObject([{ failure: 'pg_dump was stopped.', bytes: null }])
    pass(1_000)
    // What a process that was killed has left does not stay.
    await writeFile(join(settings.dir, 'keys-2026-11-26T020000Z.dump.partial'), 'half')
    await makeBackup(settings, { now })
    const id = idAt('2026-11-27T030001Z')
    expect(await files()).toEqual([`${id}.dump`, `${id}.json`, 'pg_dump'])
  })

  it.each([
    [
      'an older pg_dump',
      'echo "pg_dump (PostgreSQL) 9.6.24"',
      'pg_dump 9 is older than the server, Postgres',
    ],
    [
      'a pg_dump that fails',
      '[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99" && exit; echo "pg_dump: error: no such thing" >&2; echo "DETAIL: a row" >&2; exit 1',
      'pg_dump failed: no such thing',
    ],
  ])('by %s fails with the reason', async (_what, script, message) => {
    const pgBin = await fakeTool('pg_dump', script)
    await expect(makeBackup({ ...settings, pgBin }, { now })).rejects.toThrow(message)
    const [row] = await rows()
    expect(row?.failure).toContain(message)
    expect(row?.failure).not.toContain('a row')
    expect(await files()).toEqual(['pg_dump'])
  })

  it('without pg_dump says what to install', async () => {
    const pgBin = join(settings.dir, 'nowhere')
    await expect(makeBackup({ ...settings, pgBin }, { now })).rejects.toThrow(
      'Install the client of Postgres',
    )
  })

  it('shows no password in the list of processes', async () => {
    const seen = join(settings.dir, 'seen')
    const pgBin = await fakeTool(
      'pg_dump',
      `[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99" && exit; tr '\\0' ' ' < /proc/$$/cmdline > ${seen}; echo dump`,
    )
    await makeBackup({ ...settings, pgBin }, { now })
    const text = await readFile(seen, 'utf8')
    expect(text).toContain('--snapshot=')
    expect(text).not.toContain(new URL(settings.databaseUrl).password)
    expect(text).not.toContain('postgres://')
  })
})

type Described = { tables: Record<string, { digest: string }>; postgres: string; runsFrom: number }

describe('restoring a backup finds', () => {
  const described = async (change: (description: Described) => void) => {
    const [made] = (await files()).filter((name) => name.endsWith('.json'))
    const path = join(settings.dir, made ?? '')
    const description = JSON.parse(await readFile(path, 'utf8'))
    change(description)
    await writeFile(path, JSON.stringify(description))
  }

  it('a file that was changed', async () => {
    const made = await makeBackup(settings, { now })
    const path = join(settings.dir, `${made?.id}.dump`)
    const bytes = await readFile(path)
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
    await writeFile(path, bytes)
    const failure = `${made?.id}.dump is not the file that was written.`
    expect(await checkBackup(settings, { now })).toMatchObject({ failure })
    expect(await rows()).toMatchObject([{ checkFailure: failure, checkedAt: clock }])
  })

  it.each<[string, Partial<Described>, RegExp]>([
    [
      'release',
      { runsFrom: 99_999_999_999_999 },
      /needs a release with schema 9{14} or newer, and was made by \d/,
    ],
    ['Postgres', { postgres: '99.1 (Debian)' }, /was made on Postgres 99, and this server is Postgres \d/],
  ])('that it needs a newer %s, before it restores anything', async (_what, versions, message) => {
    const made = await makeBackup(settings, { now })
    await described((description) => Object.assign(description, versions))
    await sql('create database "restored_here"')
    const databaseUrl = Object.assign(new URL(settings.databaseUrl), { pathname: '/restored_here' }).href
    try {
      await expect(restoreBackup({ ...settings, databaseUrl })).rejects.toThrow(message)
      await described((description) => Object.assign(description, { postgres: '15.1', runsFrom: 1 }))
      expect(await restoreBackup({ ...settings, databaseUrl })).toMatchObject({ id: made?.id })
    } finally {
      await sql('drop database "restored_here" with (force)')
    }
  })

  it('other values, and rows that are missing', async () => {
    await makeBackup(settings, { now })
    await described(({ tables }) => {
      const account = tables['public.account']
      if (account) account.digest = '1'
      delete tables['public.plan']
    })
    expect((await checkBackup(settings, { now }))?.failure).toBe(
      'The restored database differs: public.account has other values; public.plan was not backed up.',
    )
  })

  it('a file that cannot be restored; the scratch database goes all the same', async () => {
    const made = await makeBackup(settings, { now })
    const pgBin = await fakeTool(
      'pg_restore',
      '[ "$1" = --version ] && echo "pg_restore (PostgreSQL) 99" && exit; echo "pg_restore: error: no" >&2; exit 1',
    )
    await sql('create database keys_restore_check_left')
    expect(await checkBackup({ ...settings, pgBin }, { now })).toMatchObject({
      id: made?.id,
      failure: 'pg_restore failed: no',
    })
    expect(await scratchDatabases()).toEqual([])
  })
})

it('a worker makes one a day, restores one a week, and keeps those that it must', async () => {
  const context = { orm: postgres.orm, log: createLog('silent', { process: 'test' }), now }
  const checkedAt = async () => (await rows()).filter((one) => one.checkedAt).map(({ id }) => id)
  const made: string[] = []
  const day = async () => {
    await backUpWhenDue(context, settings)
    made.push(idAt(`${clock.toISOString().slice(0, 10)}T030000Z`))
    for (let minutes = 0; minutes < 3; minutes++) {
      pass(60_000)
      await backUpWhenDue(context, settings)
    }
    pass(DAY - 180_000)
  }
  settings = { ...settings, keepDays: 1 }
  for (let days = 0; days < 4; days++) await day()
  expect((await rows()).map(({ id }) => id)).toEqual(made.toReversed())
  expect(await checkedAt()).toEqual([made[0]])
  // The first was restored; the second is older than a day.
  const kept = (await files()).filter((name) => name.endsWith('.dump')).map((name) => name.slice(0, -5))
  expect(kept).toEqual([made[0], made[2], made[3]])
  pass(4 * DAY)
  await day()
  expect(await checkedAt()).toEqual([made[4], made[0]])
})
