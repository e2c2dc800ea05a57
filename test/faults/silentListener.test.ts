import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONNECT_MS, connectRedis } from '../../src/platform/connectRedis.ts'
import { openReplies } from '../../src/platform/replies.ts'
import { freshRedis } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'

let server: Awaited<ReturnType<typeof freshRedis>>
let proxy: FlakyProxy
let direct: Redis
beforeAll(async () => {
  server = await freshRedis()
  proxy = await startFlakyProxy(server.port)
  direct = new Redis(server.url)
})
afterAll(async () => {
  direct.disconnect()
  await proxy.close()
  await server.stop()
})

const url = () => `redis://127.0.0.1:${proxy.port}`
const listeners = async (channel: string) => Number((await direct.pubsub('NUMSUB', channel))[1])

describe('promise 11: a connection that listens', () => {
  it('stays open on a silent channel, and is opened again once the connection itself is silent', async () => {
    let closed = 0
    const heard: string[] = []
    const listener = connectRedis(url(), 'subscriber')
    listener.on('close', () => closed++)
    listener.on('message', (_channel, message) => heard.push(message))
    await listener.subscribe('news')
    try {
      // The third is sent only after the first had its time for an answer.
      await eventually(
        async () => Number(/cmdstat_ping:calls=(\d+)/.exec(await direct.info('commandstats'))?.[1] ?? 0),
        (pings) => pings >= 3,
      )
      expect(closed).toBe(0)

      proxy.hold('requests', 'answers')
      proxy.mend('strand')
      await direct.publish('news', 'lost')
      await eventually(
        async () => {
          await direct.publish('news', 'next')
          return heard
        },
        (messages) => messages.includes('next'),
      )
      expect(heard).not.toContain('lost')
    } finally {
      listener.disconnect()
    }
  })

  it('brings the outcome of a command again, after its connection went silent', async () => {
    const replies = openReplies(url())
    try {
      await eventually(
        () => listeners(replies.channel),
        (count) => count > 0,
      )
      proxy.hold('answers')
      proxy.mend('strand')
      let answered = false
      const waiting = replies.wait('op_1', 600_000).then(() => {
        answered = true
      })
      await eventually(
        async () => {
          await direct.publish(replies.channel, 'op_1')
          return answered
        },
        (is) => is,
      )
      await waiting
    } finally {
      replies.close()
    }
  })
})

it.each(['jobs', 'worker', 'subscriber', 'publisher', 'region'] as const)(
  'promise 11: a connection of kind %s does not wait longer to be opened than the docs say',
  (profile) => {
    const redis = connectRedis(url(), profile)
    expect(redis.options.connectTimeout).toBe(CONNECT_MS)
    redis.disconnect()
  },
)
