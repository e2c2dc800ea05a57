import { request } from 'node:http'
import { expect } from 'vitest'
import type { RunningProxy } from './startProxy.ts'

export type Sent = {
  method?: string
  headers?: Record<string, string | string[]>
  body?: string
  /** The address that the proxy sees. */
  from?: string
}

/** One request on a connection of its own, its path as it is written. Headers have all their values. */
export function sendThrough(
  proxy: RunningProxy,
  key: string | undefined,
  path: string,
  { from, body, ...sent }: Sent = {},
) {
  return new Promise<{ status: number; headers: Record<string, string[]>; text: string }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(proxy.url)
      const auth = key === undefined ? {} : { Authorization: `Bearer ${key}` }
      const headers = { ...auth, ...sent.headers }
      request(
        { hostname, port, path, method: sent.method, headers, localAddress: from, agent: false },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (chunk) => {
            text += chunk
          })
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headersDistinct as Record<string, string[]>,
              text,
            }),
          )
        },
      )
        .on('error', reject)
        .end(body)
    },
  )
}

export type ProxyAnswer = Awaited<ReturnType<typeof sendThrough>>

/** Who a client claims to be, in every spelling that an API might read. */
export const forged = {
  'x-key-id': 'key_forged',
  'X-Account-Id': ['acct_forged', 'acct_forged_again'],
  'X-KEY-TYPE': 'live',
  'X-Watermark': 'false',
  'X-Request-Id': 'req_forged',
  'X-Usage-Requests-Today': '7',
  'X-RateLimit-Limit': '999999',
  RateLimit: 'forged',
  'RateLimit-Policy': 'forged',
  X_Key_Id: 'key_forged',
  X_Account_Id: 'acct_forged',
  'X-Key_Type': 'live',
  'X_Key-Type': 'live',
  x_watermark: 'false',
  'X-Request_Id': 'req_forged',
  'X_Request-Id': 'req_forged',
  X_Request_Id: 'req_forged',
  'X-Account_Id': 'acct_forged',
  'X_Account-Id': 'acct_forged',
  'x-key_id': 'key_forged',
  'X_Key-Id': 'key_forged',
  X_Key_Type: 'live',
  'X_RateLimit-Limit': 'forged',
  // Names headers that a proxy should drop on the way.
  Connection: 'close, X-Watermark, X-Key-Id, X-Account-Id, X-Key-Type, X-Request-Id, X-Forwarded-For',
}

/** Expects a whole problem, with nothing said twice. */
export function expectProblem(answer: ProxyAnswer, status: number, slug: string) {
  expect([answer.status, answer.headers['content-type']], answer.text).toEqual([
    status,
    ['application/problem+json'],
  ])
  const problem = JSON.parse(answer.text)
  expect(problem).toMatchObject({
    type: `https://docs.pictify.io/errors/${slug}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
  })
  expect(answer.headers['x-request-id']).toEqual([problem.requestId])
  const retryAfter = problem.retryAfter === undefined ? undefined : [String(problem.retryAfter)]
  expect(answer.headers['retry-after']).toEqual(retryAfter)
  expect(answer.headers['x-problem']).toBeUndefined()
  return problem
}
