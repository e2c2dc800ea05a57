/** How fast one worker rolls up reported events, and what that costs: see ../README.md. */
import { type Options, type Row, sizesOf } from '../all/Part.ts'
import { median, say, whole } from '../report.ts'
import { inWords, type RolledUp, startRollup } from './rollup.ts'

const VARIANTS = {
  rollup: {},
  'rollup-few': { addressesOfKey: 5 },
  'rollup-completing': { completing: true },
} as const
type Variant = keyof typeof VARIANTS

export async function run(options: Options): Promise<Row[]> {
  const { rounds, events } = sizesOf(options, { rounds: [5, 1], events: [200_000, 50_000] })
  const bench = await startRollup({ quiet: options.quiet })
  try {
    await bench.rollUp(Math.min(events, 50_000))
    const names = Object.keys(VARIANTS) as Variant[]
    const samples: Record<Variant, RolledUp>[] = []
    while (samples.length < rounds) {
      const ofRound: [Variant, RolledUp][] = []
      for (const name of samples.length % 2 === 0 ? names : names.toReversed()) {
        const sample = await bench.rollUp(events, VARIANTS[name])
        say(`round ${samples.length + 1}  ${name.padEnd(18)} ${inWords(sample)}`)
        ofRound.push([name, sample])
      }
      samples.push(Object.fromEntries(ofRound) as Record<Variant, RolledUp>)
    }
    const of = (name: Variant, value: (sample: RolledUp) => number) =>
      samples.map((round) => value(round[name]))
    const postgres = ({ cost }: RolledUp) => cost.postgres
    const beside = (name: Variant) =>
      `worker ${median(of(name, ({ cost }) => cost.server)).toFixed(1)} µs, ` +
      `Postgres ${median(of(name, postgres)).toFixed(1)} µs; ` +
      `${whole(median(of(name, ({ acknowledged }) => acknowledged)))}/s acknowledged before`
    return [
      ...names.map((name) => ({ id: name, values: of(name, ({ rate }) => rate), beside: beside(name) })),
      { id: 'postgres', values: of('rollup', postgres), beside: '500 addresses a key' },
    ]
  } finally {
    await bench.stop()
  }
}
