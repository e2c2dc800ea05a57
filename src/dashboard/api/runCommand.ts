import { client } from './client.ts'
import { ProblemError } from './ProblemError.ts'

/** The part of a 202 that says what is not done yet. */
type Accepted = { operation: { id: string } }
/** What is shown once: the value of a key, or the signing secret of a channel. */
type Shown = { key?: string; secret?: string }
type Answer<Body> = Exclude<Body, Accepted>

/** How a command that succeeded came to its end. */
export type Outcome<Body> =
  /** The API answered with what was made. */
  | { via: 'answer'; body: Answer<Body> }
  /** The API answered 202, and the operation has succeeded since. Only `accepted` has what is shown once. */
  | { via: 'operation'; accepted: Accepted & Shown; result: Record<string, unknown> }

/** What a command made. Of an operation, its result may hold only a part. */
export const resultOf = <Body>(outcome: Outcome<Body>): Partial<Answer<Body>> =>
  outcome.via === 'answer' ? outcome.body : (outcome.result as Partial<Answer<Body>>)

/** The secret that a command made; no later answer has it. */
export function secretOf(outcome: Outcome<unknown>): string | undefined {
  const { key, secret } = (outcome.via === 'answer' ? outcome.body : outcome.accepted) as Shown
  return key ?? secret
}

const ASK_AGAIN_MS = 1000
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Sends a command and follows it to its end: after a 202 it asks for the operation until that has ended. `onPending`
 * gets the operation's ID meanwhile, so that the page can say why it waits. Throws the operation's problem when it
 * fails.
 */
export async function runCommand<Body>(
  send: () => Promise<{ data?: Body; response: Response }>,
  onPending: (operationId: string) => void = () => {},
): Promise<Outcome<Body>> {
  const { data, response } = await answerOf(send, onPending)
  if (response.status !== 202) return { via: 'answer', body: data as Answer<Body> }
  const accepted = data as unknown as Accepted & Shown
  onPending(accepted.operation.id)
  for (;;) {
    await delay(ASK_AGAIN_MS)
    const operation = await readOperation(accepted.operation.id)
    if (operation?.status === 'succeeded')
      return { via: 'operation', accepted, result: operation.result ?? {} }
    if (operation?.status === 'failed') throw problemOf(operation.problem)
  }
}

/** A command whose answer was lost may still be under way. Sent again, it gives the same answer once it is done. */
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

/** Undefined while the API cannot be reached or is busy: the command continues without us. */
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
