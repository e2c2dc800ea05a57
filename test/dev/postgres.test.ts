import { spawn } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { commandLine } from '../../src/dev/commandLine.ts'
import { type Postgres, type PostgresOptions, startPostgres } from '../../src/dev/postgres.ts'
import { runSql } from '../setup/runSql.ts'
import { temporaryFolder } from './folder.ts'

async function start(options: PostgresOptions): Promise<Postgres> {
  const postgres = await startPostgres({ fast: true, ...options })
  onTestFinished(() => postgres.stop())
  return postgres
}

async function pidsOf({ pid, url }: Postgres): Promise<number[]> {
  const [rows] = await runSql(url, 'SELECT pid FROM pg_stat_activity')
  return [pid, ...(rows ?? []).map((row) => Number(row.pid))]
}

async function commandLines(pids: number[]): Promise<string[]> {
  const lines = await Promise.all(pids.map(commandLine))
  return lines.filter((line) => line !== undefined)
}

it('leaves no process once stopped, and keeps its data for the next start', async () => {
  const dataDir = await temporaryFolder()
  const first = await start({ dataDir })
  await runSql(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  const pids = await pidsOf(first)
  expect(pids.length).toBeGreaterThan(3)
  await first.stop()
  expect(await commandLines(pids)).toEqual([])

  const second = await start({ dataDir })
  expect(await runSql(second.url, 'SELECT answer FROM kept')).toEqual([[{ answer: 42 }]])
})

it('starts again, with what was committed, after a SIGKILL', async () => {
  const dataDir = await temporaryFolder()
  const first = await start({ dataDir, fast: false })
  await runSql(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.kill()
  const second = await start({ dataDir, port: first.port })
  expect(await runSql(second.url, 'SELECT answer FROM kept')).toEqual([[{ answer: 42 }]])
})

it('is not stopped by a postmaster.pid whose pid belongs to another program by now', async () => {
  const dataDir = await temporaryFolder()
  const first = await start({ dataDir })
  const pidFile = join(dataDir, 'cluster', 'postmaster.pid')
  const text = await readFile(pidFile, 'utf8')
  await first.stop()

  const bystander = spawn('sleep', ['60'])
  onTestFinished(() => void bystander.kill())
  await writeFile(pidFile, text.replace(/^\d+/, String(bystander.pid)))
  await start({ dataDir })
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull()
})

it('ends with the process that started it, even when that one is killed', async () => {
  const dataDir = await temporaryFolder()
  const module = new URL('../../src/dev/postgres.ts', import.meta.url).href
  const script = `const { startPostgres } = await import('${module}')
    console.log((await startPostgres({ dataDir: process.argv[1], fast: true })).pid)
    setInterval(() => {}, 1e6)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir])
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
  expect(await commandLine(pid)).toContain(dataDir)
  parent.kill('SIGKILL')
  await vi.waitFor(async () => expect(await commandLine(pid)).toBeUndefined(), 20_000)
})

it('listens on the loopback address only, and asks for its password', async () => {
  const { url } = await start({ dataDir: await temporaryFolder() })
  const [listen, sockets] = await runSql(url, 'SHOW listen_addresses', 'SHOW unix_socket_directories')
  expect([listen, sockets]).toEqual([[{ listen_addresses: '127.0.0.1' }], [{ unix_socket_directories: '' }]])
  const stranger = new URL(url)
  stranger.password = 'guess'
  await expect(runSql(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
})

it.runIf(process.getuid?.() === 0)(
  'as root, keeps the data where its own user can reach it, and finds it again',
  async () => {
    const dataDir = join(await temporaryFolder(0o700), 'postgres')
    const first = await start({ dataDir })
    await runSql(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()

    const second = await start({ dataDir, temporary: true })
    expect(await runSql(second.url, 'SELECT answer FROM kept')).toEqual([[{ answer: 42 }]])
    const elsewhere = (await readFile(join(dataDir, 'location'), 'utf8')).trim()
    await second.stop()
    await expect(stat(elsewhere)).rejects.toThrow('ENOENT')
  },
)
