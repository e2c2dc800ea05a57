import { ADMIT, REPEATED } from './decisionCodes.ts'
import { HEAD_SIZE, REQUEST_SIZE, type VerificationGroup } from './verificationBatch.ts'

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

/**
 * How many numbers `results` have per request: `code,minute,day,renders`. The code is the first; the others are empty
 * where the script admitted all requests of a key at once.
 */
export const RESULT_SIZE = 4

/**
 * The answer of admit.lua about a batch, in its order. Of a key whose requests were admitted without a look at each it
 * says only what was counted before them; the counts after each follow from that. `isPrimary`: its region counts
 * renders.
 */
export function readDecisions(
  groups: VerificationGroup[],
  [, time, minutesBefore, daysBefore, monthsBefore, counted, repeats]: unknown[],
  isPrimary: boolean,
): Decision[] {
  const now = Number(time)
  const [minutes, days, months] = [numbers(minutesBefore), numbers(daysBefore), numbers(monthsBefore)]
  const results = counted === '' ? undefined : String(counted).split(',')
  const decisions: Decision[] = []
  let at = 0
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index] as VerificationGroup
    const account = (group[0] as number) - 1
    let [inMinute, inDay, renders] = [minutes[index] ?? 0, days[index] ?? 0, months[account] ?? 0]
    for (let member = HEAD_SIZE; member < group.length; member += REQUEST_SIZE) {
      let code = ADMIT
      if (results === undefined || results[at + 1] === '') {
        inMinute += 1
        inDay += 1
        if (isPrimary) renders += group[member + 1] as number
      } else {
        code = Number(results[at])
        inMinute = Number(results[at + 1])
        inDay = Number(results[at + 2])
        renders = Number(results[at + 3])
      }
      decisions.push({ code, inMinute, inDay, renders, now })
      at += RESULT_SIZE
    }
    // Of a test key it is the key's own.
    if (group[2] === 0) months[account] = renders
  }
  readRepeats(decisions, repeats as (string | number)[])
  return decisions
}

const numbers = (joined: unknown) => String(joined).split(',').map(Number)

function readRepeats(decisions: Decision[], repeats: (string | number)[]): void {
  for (let at = 0; at < repeats.length; at += 3) {
    const decision = decisions[Number(repeats[at]) - 1]
    if (decision) Object.assign(decision, repeatOf(Number(repeats[at + 1]), String(repeats[at + 2])))
  }
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
