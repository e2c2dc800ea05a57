import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { commandLine } from '../../src/dev/commandLine.ts'
import { type RedisOptions, startRedis } from '../../src/dev/redis.ts'
import { temporaryFolder } from './folder.ts'

async function start(options: RedisOptions) {
  const redis = await startRedis(options)
  onTestFinished(() => redis.stop())
  return redis
}

async function ask<Answer>(url: string, task: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis(url)
  try {
    return await task(client)
  } finally {
    client.disconnect()
  }
}

it('leaves no process once stopped, and keeps its data for the next start', async () => {
  const dataDir = await temporaryFolder()
  const first = await start({ dataDir })
  await ask(first.url, (client) => client.set('kept', '42'))
  await first.stop()
  expect(await commandLine(first.pid)).toBeUndefined()

  const second = await start({ dataDir })
  expect(await ask(second.url, (client) => client.get('kept'))).toBe('42')
})

it('comes back on the same port, with what it confirmed, after a SIGKILL', async () => {
  const redis = await start({ dataDir: await temporaryFolder(), appendfsync: 'always' })
  const { pid, url } = redis
  await ask(url, (client) => client.set('kept', '42'))
  await redis.kill()
  await redis.restart()
  expect(redis.pid).not.toBe(pid)
  expect(redis.url).toBe(url)
  expect(await ask(url, (client) => client.get('kept'))).toBe('42')
})

it('is set up as production must be', async () => {
  const { url } = await start({ dataDir: await temporaryFolder() })
  const names = ['appendonly', 'appendfsync', 'maxmemory-policy', 'bind', 'protected-mode', 'save']
  const values = await ask(url, (client) => Promise.all(names.map((name) => client.config('GET', name))))
  expect(values).toEqual([
    ['appendonly', 'yes'],
    ['appendfsync', 'everysec'],
    ['maxmemory-policy', 'noeviction'],
    ['bind', '127.0.0.1'],
    ['protected-mode', 'yes'],
    ['save', ''],
  ])
})

it('says what the server said when it does not start', async () => {
  const { port } = await start({ dataDir: await temporaryFolder() })
  await expect(startRedis({ dataDir: await temporaryFolder(), port })).rejects.toThrow(/in use/)
})
