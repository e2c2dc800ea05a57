import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let writable: Awaited<ReturnType<Service['startApi']>>
beforeAll(async () => {
  service = await startService()
  writable = await service.startApi({ OPERATOR_QUEUES_WRITE: 'true' })
  // From here on this network is known.
  expect((await ask('/admin')).status).toBe(200)
})
afterAll(() => service.stop())

const PASSWORD = 'operator-password'
const PAGES = ['/admin', '/admin/queues', '/metrics']

type Ask = { method?: string; password?: string; ip?: string; headers?: Record<string, string>; url?: string }

async function ask(
  path: string,
  { method = 'GET', password = PASSWORD, ip, headers, url = service.url }: Ask = {},
) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      Authorization: `Basic ${btoa(`operator:${password}`)}`,
      ...(ip === undefined ? {} : { 'X-Forwarded-For': ip }),
      ...headers,
    },
  })
  await response.arrayBuffer()
  return response
}
const linesOf = (event: string) =>
  service.output
    .join('')
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line))
/** The lines about what an operator sent to a path, once there are as many. */
async function actionsAt(path: string, count: number) {
  const found = async () => linesOf('operator-action').filter((line) => line.path === path)
  const lines = await eventually(found, ({ length }) => length >= count)
  return lines.map(({ operator, method, status, ip }) => ({ operator, method, status, ip }))
}

describe('the operator’s password', () => {
  it('is guessed ten times per network, over all pages together; then the right one has to wait, too', async () => {
    const ip = '2001:db8::1'
    const statuses: number[] = []
    // Ten, or twenty where the quarter of an hour turns on the way.
    for (let guess = 0; guess < 21 && statuses.at(-1) !== 429; guess++) {
      const page = PAGES[guess % PAGES.length] ?? ''
      statuses.push((await ask(page, { password: `guess-${guess}`, ip: `2001:db8::${guess}` })).status)
    }
    expect(statuses.slice(-11)).toEqual([...Array(10).fill(401), 429])
    for (const page of PAGES) {
      const refused = await ask(page, { ip })
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await ask(page, { ip: '192.0.2.7' })).status).toBe(200)
    }
    const lines = await eventually(
      async () => linesOf('operator-refused'),
      (all) => all.length >= statuses.length - 1,
    )
    expect(lines.length).toBe(statuses.length - 1)
    expect(service.output.join('')).not.toContain('guess-')
  })

  it('is guessed a hundred times in all, and whoever had it right before is not shut out', async () => {
    const home = { ip: '192.0.2.7' }
    expect((await ask('/admin', home)).status).toBe(200)
    const statuses: number[] = []
    for (let guess = 0; guess < 120; guess++)
      statuses.push((await ask('/admin', { password: 'guess', ip: `198.51.100.${guess}` })).status)
    expect(statuses.at(-1)).toBe(429)
    expect((await ask('/admin', { ip: '198.51.100.200' })).status).toBe(429)
    expect((await ask('/admin', home)).status).toBe(200)
  })

  it('has at least 16 characters', async () => {
    const worker = service.startWorker({ OPERATOR_PASSWORD: 'x'.repeat(15) })
    expect(await worker.end('SIGCONT')).toBe(1)
    await eventually(
      async () => service.output.join(''),
      (output) => output.includes('OPERATOR_PASSWORD: must have at least 16 characters'),
    )
  })
})

describe('changes in Bull Board', () => {
  const pause = '/admin/queues/api/queues/maintenance/pause'
  const own = { 'Sec-Fetch-Site': 'same-origin' }

  it('are not possible, unless OPERATOR_QUEUES_WRITE is set, and the log has who tried', async () => {
    const refused = { operator: 'operator', method: 'PUT', status: 405, ip: '127.0.0.1' }
    for (const path of [pause.replace('maintenance', 'alerts'), '/admin/queues/api/queues/pause']) {
      expect((await ask(path, { method: 'PUT', headers: own })).status).toBe(405)
      expect(await actionsAt(path, 1)).toEqual([refused])
    }
    const queues = async (url: string) => {
      const headers = { Authorization: `Basic ${btoa(`operator:${PASSWORD}`)}` }
      const answer = await fetch(`${url}/admin/queues/api/queues`, { headers })
      return ((await answer.json()) as { queues: { readOnlyMode: boolean }[] }).queues
    }
    expect((await queues(service.url)).every(({ readOnlyMode }) => readOnlyMode)).toBe(true)
    expect((await queues(writable.url)).some(({ readOnlyMode }) => readOnlyMode)).toBe(false)
  })

  it('come from its own pages alone, and are logged', async () => {
    const change = async (headers: Record<string, string>, path = pause) =>
      (await ask(path, { method: 'PUT', headers, url: writable.url })).status
    for (const site of ['cross-site', 'same-site', 'none'])
      expect(await change({ 'Sec-Fetch-Site': site, Origin: writable.url })).toBe(403)
    expect(await change({})).toBe(403)
    expect(await change({ Origin: 'https://evil.example' })).toBe(403)
    expect(await change(own)).toBe(200)
    const resume = pause.replace('pause', 'resume')
    expect(await change({ Origin: writable.url }, resume)).toBe(200)
    const logged = { operator: 'operator', method: 'PUT', status: 200, ip: '127.0.0.1' }
    // None is of a page of another site.
    expect(await actionsAt(pause, 1)).toEqual([logged])
    expect(await actionsAt(resume, 1)).toEqual([logged])
  })

  it('a form of another site adds no job', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/x-www-form-urlencoded' }
    const add = '/admin/queues/api/queues/maintenance/add'
    expect((await ask(add, { method: 'POST', headers, url: writable.url })).status).toBe(403)
  })
})

it('the log has every form that an operator sends, whatever became of it', async () => {
  const { accountId } = await service.account('free')
  const path = (action: string) => `/admin/accounts/${accountId}/${action}`
  const submit = async (action: string, fields: Record<string, string>, site = 'same-origin') => {
    const headers = {
      Authorization: `Basic ${btoa(`operator:${PASSWORD}`)}`,
      'Sec-Fetch-Site': site,
    }
    const body = new URLSearchParams({ request: crypto.randomUUID(), ...fields })
    const answer = await fetch(`${service.url}${path(action)}`, {
      ...{ method: 'POST', redirect: 'manual', headers, body },
    })
    await answer.arrayBuffer()
    return answer.status
  }
  expect(await submit('suspend', { reason: 'a secret reason' }, 'cross-site')).toBe(403)
  expect(await submit('suspend', { reason: 'a secret reason' })).toBe(303)
  expect(await submit('plan', { plan: 'no-such' })).toBe(404)
  expect(await submit('plan', { plan: '?' })).toBe(400)
  const logged = { operator: 'operator', method: 'POST', ip: '127.0.0.1' }
  expect(await actionsAt(path('suspend'), 1)).toEqual([{ ...logged, status: 303 }])
  expect(await actionsAt(path('plan'), 2)).toEqual([404, 400].map((status) => ({ ...logged, status })))
  expect(service.output.join('')).not.toContain('a secret reason')
})
