import { REPEATED } from '../region/admissionCodes.ts'
import type { Decision } from './Ticket.ts'

/** The answer of admit.lua about a batch of `size` requests, in its order. */
export function readDecisions(size: number, answer: unknown[]): Decision[] {
  const now = Number(answer[1])
  const counts = String(answer[2]).split(',')
  const decisions: Decision[] = []
  for (let at = 0; at < size * 4; at += 4) {
    decisions.push({
      code: Number(counts[at]),
      inMinute: Number(counts[at + 1]),
      inDay: Number(counts[at + 2]),
      renders: Number(counts[at + 3]),
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

/** What a repeat gets: the first decision, as it was stored, unless its key may no longer do this. */
function repeatOf(code: number, stored: string): Partial<Decision> {
  if (code !== REPEATED) return { code, repeated: true }
  const [tail, ...numbers] = stored.split(',')
  const [now = 0, first = 0, inMinute = 0, inDay = 0, renders = 0] = numbers.map((text) =>
    Number.parseInt(text, 10),
  )
  return { code: first, inMinute, inDay, renders, now, tail, repeated: true }
}
