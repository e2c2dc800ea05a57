import { REPEATED } from './decisionCodes.ts'

/**
 * What the script decided about one request: its code, and the counts of its key (month: of its account) after it.
 * `repeated`: the first request with its Idempotency-Key had a decision, and nothing was counted for this one; `tail`
 * is that of the first one's ID.
 */
export type Decision = {
  code: number
  inMinute: number
  inDay: number
  renders: number
  now: number
  repeated?: true
  tail?: string
}

/** How many numbers `results` have per request: `code,minute,day,renders`. The code is the first. */
export const RESULT_SIZE = 4

/** The answer of admit.lua about a batch of `size` requests, in its order. */
export function readDecisions(size: number, answer: unknown[]): Decision[] {
  const now = Number(answer[1])
  const results = String(answer[2]).split(',')
  const decisions: Decision[] = []
  for (let at = 0; at < size * RESULT_SIZE; at += RESULT_SIZE) {
    decisions.push({
      code: Number(results[at]),
      inMinute: Number(results[at + 1]),
      inDay: Number(results[at + 2]),
      renders: Number(results[at + 3]),
      now,
    })
  }
  const repeats = answer[3] as (string | number)[]
  for (let at = 0; at < repeats.length; at += 3) {
    const decision = decisions[Number(repeats[at]) - 1]
    if (decision) Object.assign(decision, repeatOf(Number(repeats[at + 1]), String(repeats[at + 2])))
  }
  return decisions
}

/** What the caller of a repeat gets: the first decision, as it was stored, unless its key may no longer do this. */
function repeatOf(code: number, stored: string): Partial<Decision> {
  if (code !== REPEATED) return { code, repeated: true }
  const [tail, ...numbers] = stored.split(',')
  const [now = 0, first = 0, inMinute = 0, inDay = 0, renders = 0] = numbers.map((text) =>
    Number.parseInt(text, 10),
  )
  return { code: first, inMinute, inDay, renders, now, tail, repeated: true }
}
