import { client } from './client.ts'
import { ProblemError } from './ProblemError.ts'

/** The part of a 202 that is not done yet. */
type Pending = { operation: { id: string } }

export type Outcome<Body> =
  | { done: true; body: Exclude<Body, Pending> }
  /** The 202's operation has succeeded meanwhile. `accepted` is the 202's body: it shows what is shown once. */
  | { done: false; accepted: Pending & { key?: string; secret?: string }; result: Record<string, unknown> }

const ASK_AGAIN_MS = 1000
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Sends a command and follows it to its end. One that is answered by 202 is followed by its operation, and
 * `onPending` told of it, so that whoever waits sees why. Throws the operation's problem when it fails in the end.
 */
export async function runCommand<Body>(
  send: () => Promise<{ data?: Body; response: Response }>,
  onPending: (operationId: string) => void = () => {},
): Promise<Outcome<Body>> {
  const { data, response } = await answerOf(send, onPending)
  if (response.status !== 202) return { done: true, body: data as Exclude<Body, Pending> }
  const accepted = data as unknown as Pending & { key?: string; secret?: string }
  onPending(accepted.operation.id)
  for (;;) {
    await delay(ASK_AGAIN_MS)
    const operation = await readOperation(accepted.operation.id)
    if (operation?.status === 'succeeded') return { done: false, accepted, result: operation.result ?? {} }
    if (operation?.status === 'failed') throw problemOf(operation.problem)
  }
}

/** What was sent before, and lost its answer, may still be under way: the same answer is there when it is done. */
async function answerOf<Answer>(
  send: () => Promise<Answer>,
  onPending: (operationId: string) => void,
): Promise<Answer> {
  for (;;) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof ProblemError) || error.slug !== 'idempotency-in-flight') throw error
      if (error.operationId) onPending(error.operationId)
      await delay(ASK_AGAIN_MS)
    }
  }
}

/** Undefined while the api cannot be reached or is busy: the command goes on without us. */
async function readOperation(id: string) {
  try {
    return (await client.GET('/operations/{id}', { params: { path: { id } } })).data
  } catch (error) {
    if (error instanceof ProblemError && (error.status === 0 || error.status >= 500)) return undefined
    throw error
  }
}

function problemOf(problem: { code: string; [more: string]: unknown } | null): ProblemError {
  const { code = 'internal-error', ...body } = problem ?? {}
  return new ProblemError(409, { type: code, ...body })
}
