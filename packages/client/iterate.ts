import type { Call } from './Call.ts'
import { calls } from './calls.ts'
import type { CallName, CallOptions, Input, Output } from './callTypes.ts'

type Lists = {
  [Name in CallName]: (typeof calls)[Name] extends { list: readonly [infer Items, string] } ? Items : never
}

/** The calls whose response is a page of a list. */
export type ListName = { [Name in CallName]: [Lists[Name]] extends [never] ? never : Name }[CallName]

export type ItemOf<Name extends ListName> =
  Output<Name> extends Record<Lists[Name] & string, readonly (infer Item)[]> ? Item : never

type Page = { pagination?: { hasNext: boolean }; nextCursor?: string | null } & Record<string, unknown>
type Read = (name: CallName, input: object, options?: CallOptions) => Promise<unknown>

/** Reads page after page, each when its first entry is asked for. */
export async function* iterate<Name extends ListName>(
  read: Read,
  name: Name,
  input?: Input<Name>,
  options?: CallOptions,
): AsyncGenerator<ItemOf<Name>, void, undefined> {
  const [items, next] = (calls[name] as Call).list ?? ['', 'cursor']
  const given = (input ?? {}) as Record<string, unknown>
  let at = next === 'page' ? Number(given.page ?? 1) : given[next]
  for (;;) {
    const page = (await read(name, { ...given, [next]: at }, options)) as Page
    yield* page[items] as ItemOf<Name>[]
    // The record of events has no end: its cursor stays the same.
    const following = next === 'page' ? page.pagination?.hasNext && Number(at) + 1 : page.nextCursor
    if (!following || following === at) return
    at = following
  }
}
