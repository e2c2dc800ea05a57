import type { BuiltRequest } from './buildRequest.ts'
import type { Call } from './Call.ts'
import { KeysProblem, stillPending, timedOut } from './KeysProblem.ts'
import { type Answer, type Sending, send } from './send.ts'

const OPERATION: Call = { method: 'GET', path: '/operations/{id}' }
/** Between two looks at an operation, in ms: from the first on, twice as long each time, up to the second. */
const LOOKS_MS = [100, 1_000] as const

type Operation = {
  status: 'pending' | 'succeeded' | 'failed'
  problem: ({ code: string } & Record<string, unknown>) | null
}

/**
 * After a 202: waits for the end of the operation, and returns what the call would have returned. A call with an
 * Idempotency-Key is repeated, which gets the first answer, with what it shows once. A deleted resource has none, and
 * an updated one is read. Throws the operation's problem, or `operation-pending`.
 */
export async function finish(
  accepted: Answer,
  request: BuiltRequest,
  call: Call,
  sending: Sending,
): Promise<Answer> {
  const id = (accepted.body as { operation?: { id?: string } } | undefined)?.operation?.id
  if (id === undefined) return accepted
  const { url, method } = request
  const { 'Idempotency-Key': key, 'If-Match': _tag, 'Content-Type': _type, ...headers } = request.headers
  const get = (at: string) => send({ method: 'GET', url: at, headers, body: undefined }, OPERATION, sending)
  const { status, problem } = await ended(
    () => get(`${sending.base}/operations/${encodeURIComponent(id)}`),
    sending,
  ).catch((error) => {
    throw isPassing(error) ? stillPending(id, sending.deadline.ms, error) : error
  })
  if (key !== undefined) return send(request, call, sending)
  if (status === 'failed') throw failed(problem)
  return method === 'DELETE' ? { ...accepted, body: undefined } : get(url)
}

/** Says nothing about the change: who asks later gets to know more. */
const isPassing = (error: unknown) =>
  error instanceof KeysProblem && (error.status === 0 || error.status === 429 || error.status >= 500)

async function ended(look: () => Promise<Answer>, { deadline }: Sending): Promise<Operation> {
  for (let pause: number = LOOKS_MS[0]; ; pause = Math.min(2 * pause, LOOKS_MS[1])) {
    if (!(await deadline.pause(pause))) throw timedOut(deadline.ms)
    const operation = (await look()).body as Operation
    if (operation.status !== 'pending') return operation
  }
}

function failed(problem: Operation['problem']): KeysProblem {
  const { code = 'internal-error', ...facts } = problem ?? {}
  return new KeysProblem(409, { type: code, ...facts })
}
