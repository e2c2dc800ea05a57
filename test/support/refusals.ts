import { expect } from 'vitest'
import { QUEUES } from '../../src/domain/jobs.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from './client.ts'
import { eventually } from './eventually.ts'
import type { Service } from './startService.ts'

const CODES = ['required', 'invalid_type', 'out_of_range', 'invalid_format', 'too_long', 'unknown_field']

/** A value as part of a test's name. */
export const short = (value: unknown) => JSON.stringify(value).slice(0, 60)

export type Sent = {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array | ReadableStream
  secret?: string | null
}

/**
 * Sends a request as it is to `url` and expects a problem of this status, whole and well-formed. Answers the fields
 * it names.
 */
export async function expectProblem(
  url: string,
  status: number,
  path: string,
  { method = 'GET', headers = {}, body, secret = null }: Sent = {},
) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(secret === null ? {} : { Authorization: `Bearer ${secret}` }), ...headers },
    body,
    ...(typeof body === 'object' ? { duplex: 'half' } : {}),
  } as RequestInit)
  const text = await response.text()
  expect([response.status, response.headers.get('content-type')?.split(';')[0]], text).toEqual([
    status,
    'application/problem+json',
  ])
  return checkProblem(
    text,
    status,
    new URL(`${url}${path}`).pathname,
    response.headers.get('x-request-id') ?? '',
  )
}

/** Expects a problem's body to be whole. Answers what it names, as `field code`. */
export function checkProblem(text: string, status: number, instance: string, requestId: string): string[] {
  const problem = JSON.parse(text)
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^https:\/\/docs\.pictify\.io\/errors\/[a-z-]+$/),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance,
    requestId,
  })
  expect(requestId).toMatch(/^req_/)
  const errors: { field: string; message: string; code: string }[] = problem.errors ?? []
  const slug: string = problem.type.slice(problem.type.lastIndexOf('/') + 1)
  // A plan that does not exist may be a field's value or a part of the path.
  if (slug === 'plan-not-found') expect(errors.filter(({ field }) => field !== 'plan')).toEqual([])
  else expect(errors.length > 0, text).toBe(slug === 'validation-error')
  for (const error of errors) {
    // A file's faults have their line, too.
    expect(
      Object.keys(error)
        .filter((name) => name !== 'line')
        .sort(),
    ).toEqual(['code', 'field', 'message'])
    expect(CODES).toContain(error.code)
    expect(error.message).toEqual(expect.any(String))
  }
  return errors.map(({ field, code }) => `${field} ${code}`)
}

/**
 * Expects that a service which was told nonsense is as before: it works, nothing failed or hangs, every process
 * lives.
 */
export async function expectUnharmed(service: Service, adminKey: string): Promise<void> {
  const account = createClient(service.url, adminKey)
  const created = await account.createKey({ name: 'After' })
  expect((await service.server.post('/verify', { key: created.key })).body.valid).toBe(true)

  await eventually(
    () =>
      runSql(
        service.databaseUrl,
        `select id, kind, status from command where status in ('pending', 'applied')`,
      ),
    ([unfinished]) => unfinished?.length === 0,
    10_000,
  )
  const metrics = await account
    .as(undefined)
    .get('/metrics', { headers: { Authorization: `Basic ${btoa('operator:operator-password')}` } })
  const failed = [...metrics.body.matchAll(/keys_queue_jobs{queue="([\w-]+)",state="failed"} (\d+)/g)]
  expect(failed.map((match) => match[2])).toEqual(QUEUES.map(() => '0'))

  const lines = service.output.join('').split('\n')
  const bad = lines.filter((line) => /"level":"error"|will be retried|unhandled/i.test(line))
  expect(bad).toEqual([])
  for (const { pid } of [...service.apis, ...service.workers]) expect(process.kill(pid, 0)).toBe(true)
}
