import { expect, it } from 'vitest'
import { toProblem } from '../../src/api/toProblem.ts'

it.each([
  // pg 8, lib/client.js and pg-pool
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Query read timeout',
  'timeout exceeded when trying to connect',
])('promise 11: a connection that Postgres has ended is 503, however the driver says it: %s', (message) => {
  for (const error of [new Error(message), new Error('of the ORM', { cause: new Error(message) })])
    expect(toProblem(error)).toMatchObject({ status: 503, slug: 'service-unavailable' })
})

it('what is unknown stays an internal error', () => {
  expect(toProblem(new Error('Client has no such thing'))).toMatchObject({ status: 500 })
})
