import { EVENT_TYPE_NAMES, type EventType } from './eventTypes.ts'

const ALL = '*'
const groupOf = (type: string) => type.slice(0, type.indexOf('.'))

/** What `events` of a subscription may list, where it may get `types`: each of them, `api_key.*`, or `*`. */
function patternsFor(types: readonly EventType[]): [string, ...string[]] {
  const groups = [...new Set(types.map(groupOf))]
  return [ALL, ...groups.map((group) => `${group}.*`), ...types]
}

/**
 * What an account may be sent about itself, by the part before the dot: the permission that lets somebody read the
 * same. A new kind of event is the operators' alone until it is listed here.
 */
const NEEDED: Record<string, string> = {
  account: 'account:read',
  alert: 'alerts:manage',
  api_key: 'keys:manage',
  member: 'members:manage',
  usage: 'usage:read',
}

/** No channel of an account exists before the first, or after the second. */
const NEVER_SENT = ['account.created', 'account.erased']

const ACCOUNT_EVENT_TYPES = EVENT_TYPE_NAMES.filter(
  (type) => groupOf(type) in NEEDED && !NEVER_SENT.includes(type),
)

export const OPERATOR_PATTERNS = patternsFor(EVENT_TYPE_NAMES)
export const ACCOUNT_PATTERNS = patternsFor(ACCOUNT_EVENT_TYPES)

/** The types that a subscription gets now; undefined: all that there are and will be. */
export function typesOf(patterns: readonly string[], isAccounts: boolean): EventType[] | undefined {
  if (!isAccounts && patterns.includes(ALL)) return undefined
  const types = isAccounts ? ACCOUNT_EVENT_TYPES : EVENT_TYPE_NAMES
  return types.filter((type) => [ALL, `${groupOf(type)}.*`, type].some((one) => patterns.includes(one)))
}

/** The permissions that reading what an account's subscription sends takes. */
export const neededFor = (patterns: readonly string[]): string[] => [
  ...new Set((typesOf(patterns, true) ?? []).map((type) => NEEDED[groupOf(type)] ?? '')),
]
