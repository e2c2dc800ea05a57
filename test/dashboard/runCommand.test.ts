import { afterAll, beforeAll, expect, it, vi } from 'vitest'

// Code for browsers, which the types of the server do not know: it is loaded by name.
const module = '../../src/dashboard/api/runCommand.ts'
type Outcome = { via: 'answer' | 'operation' }
type Runs = {
  runCommand: (send: () => Promise<unknown>, onPending?: (id: string) => void) => Promise<Outcome>
  resultOf: (outcome: Outcome) => Record<string, unknown>
  secretOf: (outcome: Outcome) => string | undefined
}

const answer = vi.fn<() => Promise<Response>>()
let runs: Runs
beforeAll(async () => {
  vi.stubGlobal('location', { origin: 'http://127.0.0.1' })
  vi.stubGlobal('fetch', () => answer())
  runs = await import(module)
})
afterAll(() => vi.unstubAllGlobals())

it('a command that is answered at once has its result and its secret in the answer', async () => {
  const body = { id: 'key_1', name: 'CI', key: 'pk_live_1' }
  const outcome = await runs.runCommand(async () => ({
    data: body,
    response: new Response(null, { status: 201 }),
  }))
  expect(outcome).toEqual({ via: 'answer', body })
  expect(runs.resultOf(outcome)).toMatchObject({ id: 'key_1', name: 'CI' })
  expect(runs.secretOf(outcome)).toBe('pk_live_1')
})

it('a command that is accepted is followed to its end; its secret stands in the 202 alone', async () => {
  vi.stubGlobal('setTimeout', (run: () => void) => setImmediate(run))
  const operations = [{ status: 'queued' }, { status: 'succeeded', result: { id: 'chan_1' } }]
  answer.mockImplementation(async () => Response.json(operations.shift()))
  const accepted = { operation: { id: 'op_1' }, secret: 'whsec_1' }
  const onPending = vi.fn()
  const outcome = await runs.runCommand(
    async () => ({ data: accepted, response: new Response(null, { status: 202 }) }),
    onPending,
  )
  expect(onPending).toHaveBeenCalledExactlyOnceWith('op_1')
  expect(answer).toHaveBeenCalledTimes(2)
  expect(outcome).toEqual({ via: 'operation', accepted, result: { id: 'chan_1' } })
  expect(runs.resultOf(outcome)).toEqual({ id: 'chan_1' })
  expect(runs.secretOf(outcome)).toBe('whsec_1')
})
