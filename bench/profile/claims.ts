import { startClock } from '../cost.ts'
import { say, table } from '../report.ts'
import { startRollup } from '../usage/rollup.ts'
import { seedClaims } from '../usage/seedClaims.ts'
import type { Parts } from './nodeParts.ts'
import { type Statement, WATCHED_POSTGRES, watchPostgres } from './postgresParts.ts'
import { renderParts, shorten } from './render.ts'

const MILLIONS = 50
const EVENTS = 300_000
/** In µs an event: statements that take less are not shown. */
const SHOWN = 0.3

type Setup = { head: string; millions: number }
const SETUPS: Setup[] = [
  { head: 'no others', millions: 0 },
  { head: `beside ${MILLIONS} million`, millions: MILLIONS },
]

type Seen = { head: string; parts: Parts; statements: Statement[] }

/** What Postgres does for an event beside millions of claims of other events, and beside none. */
export async function profileClaims(): Promise<string> {
  const seen: Seen[] = []
  for (const setup of SETUPS) seen.push(await profileOne(setup))
  const texts = seen[0]?.statements.map(({ text }) => text) ?? []
  const of = (text: string) => seen.map(({ statements }) => statements.find((one) => one.text === text))
  const row = (
    text: string,
    name: 'executing' | 'pagesRead' | 'walBytes' | 'walPages',
    what: string,
    digits: number,
  ) => [`\`${shorten(text)}\`: ${what}`, ...of(text).map((one) => (one?.[name] ?? 0).toFixed(digits))]
  const large = texts.filter((text) => of(text).some((one) => (one?.executing ?? 0) > SHOWN))
  return [
    renderParts({ of: 'an event', in: 'µs' }, seen),
    table(
      ['an event', ...seen.map(({ head }) => head)],
      large.flatMap((text) => [
        row(text, 'executing', 'µs', 1),
        row(text, 'pagesRead', 'pages read', 2),
        row(text, 'walPages', 'whole pages of WAL', 2),
        row(text, 'walBytes', 'bytes of WAL', 0),
      ]),
    ),
  ].join('\n\n')
}

async function profileOne({ head, millions }: Setup): Promise<Seen> {
  say(head)
  let seen: Omit<Seen, 'head'> | undefined
  const bench = await startRollup({
    settings: WATCHED_POSTGRES,
    clock: async (pids) => {
      const end = await watchPostgres(bench.service)
      const stop = await startClock(pids)
      return async (units) => {
        seen = await end(units)
        return stop(units)
      }
    },
  })
  try {
    if (millions > 0) await seedClaims(bench.service, millions * 1_000_000)
    await bench.rollUp(EVENTS / 3)
    await bench.rollUp(EVENTS)
    if (!seen) throw new Error('Nothing was rolled up')
    return { head, ...seen }
  } finally {
    await bench.stop()
  }
}
