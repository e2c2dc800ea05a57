/** What an event costs Postgres beside millions of claims of other events, and beside none: see ../README.md. */
import { type Options, type Row, sizesOf } from '../all/Part.ts'
import { median, say, whole } from '../report.ts'
import { inWords, type RolledUp, startRollup } from './rollup.ts'
import { seedClaims } from './seedClaims.ts'

const MILLION = 1_000_000

export async function run(options: Options): Promise<Row[]> {
  const { rounds, events, millions } = sizesOf(options, {
    rounds: [5, 1],
    events: [100_000, 50_000],
    millions: [50, 1],
  })
  const bare = await startRollup({ quiet: options.quiet })
  try {
    const full = await startRollup({ quiet: options.quiet })
    try {
      say(`${millions} million claims`)
      await seedClaims(full.service, millions * MILLION)
      for (const bench of [bare, full]) await bench.rollUp(events)
      const pairs: { bare: RolledUp; full: RolledUp }[] = []
      while (pairs.length < rounds) {
        const pair: Partial<(typeof pairs)[number]> = {}
        const order = [['bare', bare] as const, ['full', full] as const]
        for (const [name, bench] of pairs.length % 2 === 0 ? order : order.toReversed()) {
          const sample = await bench.rollUp(events)
          say(`round ${pairs.length + 1}  ${name}  ${inWords(sample)}`)
          pair[name] = sample
        }
        pairs.push(pair as (typeof pairs)[number])
      }
      const middle = (name: 'bare' | 'full', value: (sample: RolledUp) => number) =>
        median(pairs.map((pair) => value(pair[name])))
      const cost = ({ cost: { postgres } }: RolledUp) => postgres
      const rates = [middle('full', ({ rate }) => rate), middle('bare', ({ rate }) => rate)].map(whole)
      return [
        {
          id: 'claims',
          values: pairs.map((pair) => cost(pair.full) / cost(pair.bare)),
          beside:
            `${middle('full', cost).toFixed(1)} : ${middle('bare', cost).toFixed(1)} µs; ${rates.join(' : ')}/s` +
            (millions === 50 ? '' : `; ${millions} million claims`),
        },
      ]
    } finally {
      await full.stop()
    }
  } finally {
    await bare.stop()
  }
}
