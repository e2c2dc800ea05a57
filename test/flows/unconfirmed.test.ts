import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandSchema } from '../../src/domain/commands/Command.ts'
import { newId } from '../../src/domain/ids.ts'
import { sealContext } from '../../src/domain/notifications/Channel.ts'
import { createNotifications } from '../../src/domain/notifications/createNotifications.ts'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { createClient } from '../support/client.ts'
import { readable } from '../support/receivers.ts'
import { startDeliveries } from '../support/startDeliveries.ts'
import { type Service, startService } from '../support/startService.ts'

describe('an address that nobody has confirmed', () => {
  let world: Awaited<ReturnType<typeof startDeliveries>>
  beforeAll(async () => {
    world = await startDeliveries()
  })
  afterAll(() => world.stop())

  async function send(type: 'alert.test' | 'channel.verify', channelId: string): Promise<string> {
    const { vault } = world.worker.context.notifiers
    const data = {
      channelId,
      channel: 'Win at http://evil.example',
      sealedLink: vault.seal('t', sealContext(channelId, 'link')),
    }
    const ids = await world.worker
      .em()
      .transactional((em) =>
        createNotifications(
          em,
          { accountId: 'acct_1', type, channelIds: [channelId], data },
          world.worker.clock.now,
        ),
      )
    await world.deliver(ids[0] ?? '')
    return ids[0] ?? ''
  }

  it('gets three emails a day, whoever asks by whichever channel, and no text of theirs', async () => {
    const spellings = ['victim@example.org', 'Victim@example.org']
    const channels = await Promise.all(
      spellings.map((to) => world.channel('email', to, { verifiedAt: null })),
    )
    const ids: string[] = []
    for (let turn = 0; turn < 4; turn++)
      for (const channel of channels) ids.push(await send('channel.verify', channel))
    const mails = () => world.smtp.mails.filter(({ to }) => /victim@/i.test(to.join()))
    expect(mails()).toHaveLength(3)
    expect(mails().map(readable).join()).not.toContain('evil.example')
    expect(await world.read(ids.at(-1) ?? '')).toMatchObject({ status: 'failed' })
    expect(await world.attempts(ids.at(-1) ?? '')).toMatchObject([
      { outcome: 'not-sent', response: expect.stringContaining('is not confirmed') },
    ])
    world.pass(DAY + 1_000)
    await send('channel.verify', channels[0] ?? '')
    expect(mails()).toHaveLength(4)
  })

  it('gets no link that leads nowhere: a worker without PUBLIC_URL sends none', async () => {
    const { notifiers } = world.worker.context
    const channel = await world.channel('email', 'nolink@example.org', { verifiedAt: null })
    world.worker.context.notifiers = { ...notifiers, publicUrl: undefined }
    const id = await send('channel.verify', channel)
    world.worker.context.notifiers = notifiers
    expect(world.smtp.mails.filter(({ to }) => to.includes('nolink@example.org'))).toEqual([])
    expect(await world.attempts(id)).toMatchObject([
      { outcome: 'unreachable', response: expect.stringContaining('PUBLIC_URL') },
    ])
  })

  it('a confirmation link is not redelivered', async () => {
    const channel = await world.channel('email', 'again@example.org', { verifiedAt: null })
    const id = await send('channel.verify', channel)
    const em = world.worker.em()
    const commandId = newId('operation')
    const { now } = world.worker.clock
    em.persist(
      em.create(CommandSchema, {
        ...{ id: commandId, accountId: 'acct_1', kind: 'redeliver-notification', status: 'pending' },
        ...{ payload: { notificationId: id }, actor: { type: 'system', id: 'test' } },
        ...{ createdAt: now, sweepAt: now, sweeps: 0 },
      }),
    )
    await em.flush()
    await handlers['redeliver-notification'](world.worker.context, { commandId })
    expect(await world.worker.em().findOneOrFail(CommandSchema, { id: commandId })).toMatchObject({
      status: 'failed',
      problem: { code: 'notification-not-redeliverable' },
    })
  })

  it('gets twenty requests an hour, also when many workers send at once', async () => {
    world.receiver.answers['/stranger'] = (response) => response.writeHead(500).end()
    const channel = await world.channel('webhook', '/stranger', { verifiedAt: null })
    await Promise.all(Array.from({ length: 30 }, () => send('alert.test', channel)))
    for (let turn = 0; turn < 40; turn++) await send('alert.test', channel)
    expect(world.receiver.at('/stranger').length).toBeLessThanOrEqual(20)
    expect(world.receiver.at('/stranger').length).toBeGreaterThan(0)
  })
})

describe('test messages of one account', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  })
  afterAll(() => service.stop())

  it('end at sixty an hour, by whichever road, and however many ask at once', async () => {
    const { adminKey } = await service.cli('account', 'create', '--name', 'Acme', '--plan', 'pro')
    const mine = createClient(service.url, adminKey)
    const channelIds: string[] = []
    for (let n = 0; n < 10; n++) {
      const body = { type: 'webhook', name: `W${n}`, url: `http://127.0.0.1:9/${n}` }
      channelIds.push((await mine.post('/channels', body)).body.id)
    }
    const rule = { name: 'R', metric: 'requests', threshold: 1, window: '5m', channelIds }
    const { id } = (await mine.post('/alerts', rule)).body
    const answers = await Promise.all(Array.from({ length: 12 }, () => mine.post(`/alerts/${id}/test`)))
    const granted = answers.filter(({ status }) => status === 200)
    // Ten channels were created with a message each; retries of what failed count, too.
    expect(granted.length).toBeLessThanOrEqual(5)
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body).toMatchObject({
      type: expect.stringContaining('/rate-limit-exceeded'),
      retryAfter: 600,
    })
    const again = granted[0]?.body.notificationIds[0]
    const redelivered = await Promise.all(
      Array.from({ length: 70 }, () => mine.post(`/notifications/${again}/redeliver`)),
    )
    expect(redelivered.some(({ status }) => status === 429)).toBe(true)
  })
})
