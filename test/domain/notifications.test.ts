import { describe, expect, it } from 'vitest'
import { elapsedText, messageOf, withUnit } from '../../src/domain/notifications/messageOf.ts'
import { renderEmail } from '../../src/domain/notifications/renderEmail.ts'
import { renderSlack } from '../../src/domain/notifications/renderSlack.ts'
import { nextDelayMs, retryAfterMs, SCHEDULE_MS } from '../../src/domain/notifications/retrySchedule.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'
import { requiresTls } from '../../src/platform/smtp.ts'
import { createVault } from '../../src/platform/vault.ts'
import { createMailer } from '../../src/workers/notifiers/email.ts'
import { startSmtp } from '../support/receivers.ts'

const data = {
  alert: {
    id: 'alert_1',
    name: 'Errors',
    metric: 'error_rate',
    threshold: 5,
    window: '15m',
    severity: 'critical',
  },
  incident: { id: 'inc_1', startedAt: '2026-11-23T04:00:00.000Z', resolvedAt: null as string | null },
  key: { id: 'key_1', name: 'CI <b>', hint: 'aB3x' },
  measured: 12.345,
  threshold: 5,
  since: '2026-11-23T04:00:00.000Z',
  url: 'https://keys.example.com/keys/key_1',
  muteUrl: 'https://keys.example.com/alerts/alert_1?mute=1',
}
const firing = { type: 'alert.firing', timestamp: data.since, data } as const

describe('what a message says', () => {
  it('an alert: what, which key, measured against threshold, since when, and links', () => {
    expect(messageOf(firing)).toEqual({
      title: 'Alert: Errors',
      summary: 'Error rate of key CI <b> (…aB3x): 12.35 % (threshold 5 %)',
      facts: [
        ['Key', 'CI <b> (key_1, ends in aB3x)'],
        ['Measured', '12.35 %'],
        ['Threshold', '5 %'],
        ['Window', '15m'],
        ['Since', '2026-11-23 04:00 UTC'],
        ['Severity', 'critical'],
      ],
      links: [
        ['See the key', data.url],
        ['Mute this alert', data.muteUrl],
      ],
      tone: 'critical',
    })
  })

  it('a recovery: when, and how long it lasted', () => {
    const incident = { ...data.incident, resolvedAt: '2026-11-23T06:05:00.000Z' }
    const told = messageOf({ ...firing, type: 'alert.resolved', data: { ...data, key: null, incident } })
    expect(told).toMatchObject({ title: 'Resolved: Errors', tone: 'resolved' })
    expect(told.summary).toContain('the whole account')
    expect(told.facts).toContainEqual(['Lasted', '2 h 5 min'])
  })

  it.each([
    [1234, 'requests', '1,234 requests'],
    [1, 'requests', '1 request'],
    [840.4, 'latency_p95', '840 ms'],
    [1, 'latency_p95', '1 ms'],
    [75, 'plan_usage', '75 %'],
    [1, 'key_unused', '1 day'],
    [3.2, 'usage_spike', '3.2'],
    ['203.0.113.9', 'unknown_ip', '203.0.113.9'],
    [null, 'requests', ''],
    [Number.NaN, 'requests', ''],
  ])('%j of %s is %j', (value, metric, expected) => expect(withUnit(value, metric)).toBe(expected))

  it.each([
    [59_000, '1 min'],
    [3_600_000, '1 h'],
    [90_000_000, '1 d 1 h'],
  ])('%i ms are %s', (ms, expected) => expect(elapsedText(ms)).toBe(expected))

  it('data of any shape makes a message', () => {
    for (const odd of [
      {},
      { alert: 1, key: 'x', incident: [] },
      { alert: { name: { a: 1 } }, url: 'javascript:x' },
    ])
      expect(messageOf({ ...firing, data: odd }).links).toEqual([])
  })
})

describe('what people name stays a name', () => {
  const evil = { ...data, alert: { ...data.alert, name: 'a\r\nBcc: x@example.com\r\n\r\n<script>&"\'' } }
  const told = messageOf({ ...firing, data: evil })

  it('in an email', () => {
    const { subject, html, text } = renderEmail(told)
    expect(subject).toBe('Alert: a Bcc: x@example.com <script>&"\'')
    expect(html).toContain('&lt;script&gt;&amp;&quot;&#39;')
    expect(html).not.toMatch(/<script|<b>/)
    expect(html).toContain('?mute=1"')
    expect(text.split('\n')[0]).toBe(subject)
  })

  it('in Slack', () => {
    const mention = { ...data, key: { ...data.key, name: '<!channel> <https://evil.example|x>' } }
    const message = JSON.stringify(renderSlack(messageOf({ ...firing, data: mention }), 'ntf_1'))
    expect(message).not.toContain('<!channel>')
    expect(message).not.toContain('<https://evil')
    expect(message).toContain('"block_id":"ntf_1"')
    expect(message).toContain('<https://keys.example.com/keys/key_1|See the key>')
  })

  it('within Slack’s bounds', () => {
    const long = messageOf({
      ...firing,
      data: { ...data, alert: { ...data.alert, name: 'x'.repeat(4_000) } },
    })
    const [header] = renderSlack(long, 'ntf_1').blocks
    expect((header as { text: { text: string } }).text.text.length).toBe(150)
    expect(renderEmail(long).subject.length).toBe(150)
  })
})

describe('when the next attempt follows', () => {
  it('ten attempts, by the schedule, give or take a tenth', () => {
    for (let made = 1; made < 10; made += 1) {
      expect(nextDelayMs(made, 0, () => 0)).toBe(Math.round(SCHEDULE_MS[made]! * 0.9))
      expect(nextDelayMs(made, 0, () => 1)).toBe(Math.round(SCHEDULE_MS[made]! * 1.1))
    }
    expect(nextDelayMs(10)).toBeUndefined()
  })

  it('not before what the receiver asks for, and within a day', () => {
    expect(nextDelayMs(1, 60_000, () => 0)).toBe(60_000)
    expect(nextDelayMs(3, 60_000, () => 0.5)).toBe(1_800_000)
    expect(nextDelayMs(1, 1e12, () => 0)).toBe(86_400_000)
    expect(nextDelayMs(10, 60_000)).toBeUndefined()
  })

  it.each([
    ['120', 120_000],
    [' 5 ', 5_000],
    ['Mon, 23 Nov 2026 04:01:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 03:00:00 GMT', 0],
    ['-5', 0],
    ['soon', 0],
    ['99999999999', 0],
    [undefined, 0],
  ])('Retry-After %s is %i ms', (header, expected) => {
    expect(retryAfterMs(header, new Date('2026-11-23T04:00:00Z'))).toBe(expected)
  })
})

it('the vault opens what it sealed, in its place and under its key alone', () => {
  const [vault, other] = [1, 2].map((fill) =>
    createVault(readSecretsKeys({ SECRETS_KEY: Buffer.alloc(32, fill).toString('base64') })),
  )
  const sealed = vault!.seal('https://hooks.example/secret', 'channel a target')
  expect(vault!.open(sealed, 'channel a target')).toBe('https://hooks.example/secret')
  expect(() => vault!.open(sealed, 'channel b target')).toThrow()
  expect(() => other!.open(sealed, 'channel a target')).toThrow()
})

describe('mail travels encrypted', () => {
  it.each([
    ['smtp://mail.example.com:587', true],
    ['smtp://user:pass@mail.example.com:587?requireTLS=false', false],
    ['smtp://127.0.0.1:1025', false],
    ['smtp://localhost', false],
    ['smtp://[::1]:25?requireTLS=true', true],
    ['smtp://localhost.example.com', true],
    ['smtps://mail.example.com', false],
  ])('%s requires STARTTLS: %s', (url, required) => {
    expect(requiresTls(url)).toBe(required)
  })

  it('and is not sent to a server that cannot, where that is required', async () => {
    const smtp = await startSmtp()
    const { port } = new URL(smtp.url)
    // The same server under a name that is not this machine's, as far as the URL says.
    const send = (host: string) =>
      createMailer(`smtp://${host}:${port}`, 'keys@example.com', 'example.com').send({
        id: 'ntf_1',
        message: messageOf(firing),
        to: 'ada@example.com',
        now: new Date(),
      })
    try {
      expect((await send('[::ffff:127.0.0.1]')).outcome).not.toBe('delivered')
      expect(smtp.mails).toEqual([])
      expect((await send('127.0.0.1')).outcome).toBe('delivered')
    } finally {
      await smtp.stop()
    }
  })
})
