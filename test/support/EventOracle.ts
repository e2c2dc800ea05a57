/** A lifecycle event as far as the oracle looks at it. */
export type SeenEvent = {
  id: string
  type: string
  subject: string
  accountid: string
  sequence: string
  // biome-ignore lint/suspicious/noExplicitAny: data of every type
  data: any
}

/** The state of an account as it is read at the end. */
export type AccountState = {
  account: Record<string, unknown>
  keys: Record<string, unknown>[]
  members: Record<string, unknown>[]
}

export type Outcome = 'done' | 'refused' | 'unknown'

/** A change that was asked for. `sent` and `answered` count what its caller did; a lost answer never comes. */
type Change = { sent: number; answered: number; isCertain: boolean }

/** At most so many are reported. */
const MOST = 30

/** Of an account in an event, and of a key: what must be as the state has it. */
const ACCOUNT_FACTS = ['name', 'plan', 'status', 'suspendedReason', 'metadata'] as const
const KEY_FACTS = ['name', 'status', 'revokedReason'] as const
const MEMBER_FACTS = ['role', 'status'] as const

/**
 * Remembers the changes that callers asked for, each by a name that no other change of its account has, and finds what
 * is wrong with a record of lifecycle events. A change that was acknowledged must be in it once; one whose answer was
 * lost at most once, and if the state shows it; what was refused, and anything else, must not be in it. Of two changes
 * of an account of which one was sent after the other was answered, the events are in that order.
 */
export class EventOracle {
  readonly #changes = new Map<string, Map<string, Change>>()
  readonly #clocks = new Map<string, number>()

  /** Call it before a change is sent; call what it returns with the change's name and what became of it. */
  send(accountId: string): (name: string, outcome: Outcome) => void {
    const ofAccount = this.#changes.get(accountId) ?? new Map<string, Change>()
    this.#changes.set(accountId, ofAccount)
    const sent = this.#tick(accountId)
    return (name, outcome) => {
      const now = this.#tick(accountId)
      if (outcome === 'refused') return
      const present = ofAccount.get(name) ?? { sent, answered: Number.POSITIVE_INFINITY, isCertain: false }
      if (outcome === 'done')
        Object.assign(present, { answered: Math.min(now, present.answered), isCertain: true })
      ofAccount.set(name, present)
    }
  }

  #tick(accountId: string): number {
    const now = (this.#clocks.get(accountId) ?? 0) + 1
    this.#clocks.set(accountId, now)
    return now
  }

  /** How many changes are certain, and of how many nobody knew the outcome. */
  get counts(): { certain: number; unknown: number } {
    const all = [...this.#changes.values()].flatMap((changes) => [...changes.values()])
    const certain = all.filter(({ isCertain }) => isCertain).length
    return { certain, unknown: all.length - certain }
  }

  /** What is wrong with the record, read from its start, given the state of each account. */
  violations(record: SeenEvent[], states: Map<string, AccountState>): string[] {
    const ids = new Set(record.map(({ id }) => id))
    const found = ids.size === record.length ? [] : [`${record.length - ids.size} event IDs are there twice`]
    const byAccount = Map.groupBy(record, ({ accountid }) => accountid)
    for (const accountId of byAccount.keys())
      if (!this.#changes.has(accountId)) found.push(`${accountId}: nobody asked for its events`)
    for (const [accountId, changes] of this.#changes) {
      const events = byAccount.get(accountId) ?? []
      const state = states.get(accountId)
      for (const fault of [
        ...sequenceFaults(events),
        ...changeFaults(events, changes),
        ...(state ? stateFaults(events, state) : ['its state was not read']),
      ])
        found.push(`${accountId}: ${fault}`)
    }
    return found.length > MOST ? [...found.slice(0, MOST), `and ${found.length - MOST} more`] : found
  }
}

const sequenceFaults = (events: SeenEvent[]): string[] =>
  events.flatMap(({ sequence, type }, place) =>
    Number(sequence) === place + 1
      ? []
      : [`${type} has the number ${Number(sequence)} at place ${place + 1}`],
  )

function changeFaults(events: SeenEvent[], changes: Map<string, Change>): string[] {
  const faults: string[] = []
  const times = new Map<string, number>()
  let latestSent = 0
  let latestName = ''
  let suspension = ''
  for (const event of events) {
    if (event.type === 'account.suspended') suspension = event.data.account.suspendedReason
    const name = nameOfEvent(event, suspension)
    if (BY_ITSELF.has(event.type)) continue
    times.set(name, (times.get(name) ?? 0) + 1)
    const change = changes.get(name)
    if (!change) {
      faults.push(`${name}: nobody asked for it, or it was refused`)
      continue
    }
    if (change.answered < latestSent) faults.push(`${name} comes after ${latestName}, which was sent later`)
    if (change.sent > latestSent) [latestSent, latestName] = [change.sent, name]
  }
  for (const [name, count] of times) if (count > 1) faults.push(`${name} is there ${count} times`)
  for (const [name, { isCertain }] of changes)
    if (isCertain && !times.has(name)) faults.push(`${name} is missing`)
  return faults
}

/** What the clock does, not a caller. */
export const BY_ITSELF = new Set(['api_key.expired', 'api_key.expiring', 'usage.day_closed'])

/** The name of the change that an event announces; `suspension`: the reason of the account's latest one. */
function nameOfEvent({ type, subject, data }: SeenEvent, suspension: string): string {
  if (type === 'account.updated') return changeName(type, data.account.metadata.step)
  if (type === 'account.suspended' || type === 'account.resumed') return changeName(type, suspension)
  if (type === 'api_key.created' || type === 'api_key.updated') return changeName(type, data.apiKey.name)
  if (type === 'member.updated') return changeName(type, subject, data.member.role)
  return changeName(type, subject)
}

/**
 * What a change is called: by the ID of what it changes where that happens once, else by something that the caller
 * chose: the new name of a key, `metadata.step` of an account, the reason of a suspension and of what it ends.
 */
export const changeName = (type: string, ...about: unknown[]): string => [type, ...about].join(' ')

/** The latest events of each thing must show it as the state does, and nothing may be in one of them alone. */
function stateFaults(events: SeenEvent[], { account, keys, members }: AccountState): string[] {
  const latest = { account: new Map(), apiKey: new Map(), member: new Map() } as const
  for (const { type, data } of events)
    for (const [kind, about] of Object.entries({ ...data, apiKey: data.apiKey, successor: data.successor })) {
      const { id } = (about ?? {}) as { id?: string }
      const things = kind === 'successor' ? latest.apiKey : latest[kind as keyof typeof latest]
      if (things && id !== undefined)
        if (type === 'api_key.deleted' || type === 'member.removed') things.delete(id)
        else things.set(id, about)
    }
  return [
    ...differences('account', latest.account, [account], ACCOUNT_FACTS),
    ...differences('key', latest.apiKey, keys, KEY_FACTS),
    ...differences('member', latest.member, members, MEMBER_FACTS),
  ]
}

function differences(
  kind: string,
  announced: Map<string, Record<string, unknown>>,
  present: Record<string, unknown>[],
  facts: readonly string[],
): string[] {
  const faults: string[] = []
  const ids = new Set(present.map(({ id }) => String(id)))
  for (const id of announced.keys())
    if (!ids.has(id)) faults.push(`the ${kind} ${id} was announced and is not there`)
  for (const thing of present) {
    const last = announced.get(String(thing.id))
    if (!last) faults.push(`the ${kind} ${thing.id} is there and was not announced`)
    else
      for (const fact of facts)
        if (JSON.stringify(last[fact]) !== JSON.stringify(thing[fact]))
          faults.push(
            `the ${kind} ${thing.id} has ${fact} ${JSON.stringify(thing[fact])}, announced: ${last[fact]}`,
          )
  }
  return faults
}
