import { expect } from 'vitest'

const CODES = ['required', 'invalid_type', 'out_of_range', 'invalid_format', 'too_long', 'unknown_field']

export type Sent = {
  method?: string
  headers?: Record<string, string>
  body?: string | ReadableStream
  secret?: string | null
}

/** Sends a request as it is to `url` and expects a problem of this status, whole and well-formed. Answers the fields it names. */
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
  const problem = JSON.parse(text)
  expect(problem).toMatchObject({
    type: expect.stringMatching(/^https:\/\/docs\.pictify\.io\/errors\/[a-z-]+$/),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: new URL(`${url}${path}`).pathname,
    requestId: response.headers.get('x-request-id'),
  })
  for (const error of problem.errors ?? []) {
    expect(CODES).toContain(error.code)
    expect(error.message).toEqual(expect.any(String))
  }
  return (problem.errors ?? []).map(
    ({ field, code }: { field: string; code: string }) => `${field} ${code}`,
  ) as string[]
}
