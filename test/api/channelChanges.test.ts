import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { readable, startReceiver, startSmtp } from '../support/receivers.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let smtp: Awaited<ReturnType<typeof startSmtp>>
let receiver: Awaited<ReturnType<typeof startReceiver>>
beforeAll(async () => {
  ;[smtp, receiver] = await Promise.all([startSmtp(), startReceiver()])
  service = await startService({
    env: { SMTP_URL: smtp.url, PUBLIC_URL: 'https://keys.example.com', WEBHOOK_ALLOW_PRIVATE: 'true' },
  })
  account = await service.account()
})
afterAll(async () => {
  await service.stop()
  await Promise.all([smtp.stop(), receiver.stop()])
})

const create = async (body: Record<string, unknown>) => (await account.post('/channels', body)).body
const read = async (id: string) => (await account.get(`/channels/${id}`)).body
const verified = (id: string) =>
  eventually(
    () => read(id),
    (one) => one.verified,
  )
const actions = async (id: string) =>
  (await account.get(`/audit-log?targetId=${id}`)).body.entries.map(
    ({ action, details }: { action: string; details: { fields?: string[] } }) =>
      [action, ...(details.fields ?? [])].join(' '),
  )

describe('PATCH /channels/{id}', () => {
  it('renames, which leaves it verified', async () => {
    const { id } = await create({ type: 'slack', name: 'Ops', url: `${receiver.url}/T/B/sEcReT9` })
    const before = await verified(id)
    const renamed = await account.patch(`/channels/${id}`, { name: 'Operations' })
    expect(renamed).toMatchObject({ status: 200, body: { ...before, name: 'Operations' } })
    expect(await read(id)).toEqual(renamed.body)
    // What was read may be sent back: the shown part of a Slack URL is no new URL.
    const again = await account.patch(`/channels/${id}`, { name: 'Operations', url: before.url })
    expect(again.body).toEqual(renamed.body)
    expect(receiver.at('/T/B/sEcReT9')).toHaveLength(1)
    expect(await actions(id)).toEqual(['channel.updated name', 'channel.created'])
  })

  it('lets a webhook lead elsewhere: it is verified there, and signs with the same secret', async () => {
    const hook = await create({ type: 'webhook', name: 'Hook', url: `${receiver.url}/first` })
    await verified(hook.id)
    receiver.answers['/second'] = (response) => response.writeHead(500).end()
    const moved = await account.patch(`/channels/${hook.id}`, { url: `${receiver.url}/second` })
    expect(moved).toMatchObject({ status: 200, body: { url: `${receiver.url}/second`, verified: false } })
    expect(moved.body).not.toHaveProperty('secret')
    await eventually(
      async () => receiver.at('/second'),
      (some) => some.length === 1,
    )
    await eventually(
      () => read(hook.id),
      (one) => one.failingSince !== null,
    )
    expect((await read(hook.id)).verified).toBe(false)
    const back = await account.patch(`/channels/${hook.id}`, { url: `${receiver.url}/third` })
    expect(back.body).toMatchObject({ verified: false, failingSince: null })
    await verified(hook.id)
    const { Webhook } = await import('standardwebhooks')
    const [message] = receiver.at('/third')
    new Webhook(hook.secret).verify(message!.body, message!.headers as Record<string, string>)
    expect(await actions(hook.id)).toEqual(['channel.updated url', 'channel.updated url', 'channel.created'])
  })

  it('asks a new address to confirm; the link to the previous one has ended', async () => {
    const { id } = await create({ type: 'email', name: 'Mail', to: 'ada@example.org' })
    // A message that waits goes to the address of the moment at which it is sent.
    await eventually(
      async () => smtp.mails.length,
      (count) => count === 1,
    )
    const moved = await account.patch(`/channels/${id}`, { to: 'bob@example.org' })
    expect(moved).toMatchObject({ status: 200, body: { to: 'bob@example.org', verified: false } })
    const tokens = await eventually(
      async () =>
        smtp.mails.map((mail) => [mail.to[0], /token=(\w{40})/.exec(readable(mail))?.[1] ?? ''] as const),
      (mails) => mails.filter(([to]) => to === 'bob@example.org').length > 0 && mails.length === 2,
    )
    const anyone = account.as(undefined)
    const confirm = async (address: string) => {
      const token = tokens.find(([to]) => to === address)?.[1]
      return token && (await anyone.post(`/channel-confirmation?token=${token}`)).status
    }
    expect(await confirm('ada@example.org')).not.toBe(200)
    expect((await read(id)).verified).toBe(false)
    expect(await confirm('bob@example.org')).toBe(200)
    expect((await read(id)).verified).toBe(true)
  })

  it.each([
    [{}, 'body '],
    [{ name: '' }, 'name '],
    [{ color: 'red' }, 'color unknown_field'],
    [{ type: 'slack' }, 'type unknown_field'],
    [{ to: 'ada@example.org' }, 'to unknown_field'],
    [{ url: 'nonsense' }, 'url invalid_format'],
    [{ url: 'ftp://example.com/' }, 'url out_of_range'],
    [{ url: 7 }, 'url invalid_type'],
    [{ name: 'x'.repeat(101) }, 'name too_long'],
  ])('refuses %j', async (body, fault) => {
    const { id } = await create({ type: 'webhook', name: 'Hook', url: `${receiver.url}/refused` })
    const answer = await account.patch(`/channels/${id}`, body)
    expect(answer).toMatchObject({ status: 400, body: { type: expect.stringMatching(/validation-error$/) } })
    const [first] = answer.body.errors
    expect(`${first.field} ${first.code}`.startsWith(fault)).toBe(true)
    expect(await actions(id)).toEqual(['channel.created'])
    await account.delete(`/channels/${id}`)
  })
})

it('a 202 shows a signing secret in the field in which a 201 has it', async () => {
  const { id } = await create({ type: 'webhook', name: 'Hook', url: `${receiver.url}/late` })
  await Promise.all(service.workers.splice(0).map((worker) => worker.end()))
  const api = await service.startApi({ COMMAND_WAIT_MS: '100' })
  const ask = (path: string, body: unknown) =>
    fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  for (const [path, body] of [
    ['/channels', { type: 'webhook', name: 'Late', url: `${receiver.url}/late` }],
    [`/channels/${id}/rotate-secret`, {}],
  ] as const) {
    const answer = await ask(path, body)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toEqual({
      operation: expect.objectContaining({ status: 'pending' }),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    })
  }
})
