/**
 * What most teams would write: a Koa middleware that looks the key up in Redis (`GET`) and counts it against a limit
 * (`INCR`). ioredis gathers the commands of concurrent requests by itself (`enableAutoPipelining`), without which this
 * takes half as much again. `handWritten.ts KEYS_FILE`, on 127.0.0.1:PORT.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Redis } from 'ioredis'
import Koa from 'koa'

const [file = ''] = process.argv.slice(2)
const PER_MINUTE = 100_000_000
const MINUTE = 60_000

const redis = new Redis(process.env.REDIS_URL ?? '', { enableAutoPipelining: true })
const digestOf = (value: string) => createHash('sha256').update(value).digest('base64url')

const app = new Koa()
app.use(async (context) => {
  const value = context.get('authorization').slice('Bearer '.length)
  const found = await redis.get(`hand:key:${digestOf(value)}`)
  if (found === null) {
    context.status = 401
    context.body = { error: 'invalid key' }
    return
  }
  const key = JSON.parse(found) as { id: string; permissions: string[] }
  const counter = `hand:count:${key.id}:${Math.floor(Date.now() / MINUTE)}`
  const used = await redis.incr(counter)
  if (used === 1) await redis.expire(counter, 120)
  context.set('X-RateLimit-Limit', String(PER_MINUTE))
  context.set('X-RateLimit-Remaining', String(Math.max(0, PER_MINUTE - used)))
  context.status = used > PER_MINUTE ? 429 : key.permissions.includes('renders:write') ? 200 : 403
  context.body = ''
})

for (const line of (await readFile(file, 'utf8')).trim().split('\n')) {
  const [id = '', value = ''] = line.split(' ')
  await redis.set(`hand:key:${digestOf(value)}`, JSON.stringify({ id, permissions: ['renders:write'] }))
}
app.listen(Number(process.env.PORT), '127.0.0.1')
