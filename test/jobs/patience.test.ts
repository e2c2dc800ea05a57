import { expect, it } from 'vitest'
import { Patience } from '../../src/workers/metering/Patience.ts'

const sqlError = (code: string) => Object.assign(new Error(`SQLSTATE ${code}`), { code })
const answers = async () => {}
const silent = async () => {
  throw new Error('no answer')
}

/** Stores 1 to `size`; resolves with what became of each, in the order in which it did. */
async function store(patience: Patience, size: number, commit: (items: number[]) => Promise<void>) {
  const settled: [number, string][] = []
  const items = Array.from({ length: size }, (_, index) => index + 1)
  await patience.store(items, commit, (item, error) =>
    settled.push([item, error instanceof Error ? error.message : 'stored']),
  )
  return settled
}

it('one item that is refused stands alone in the end, and the others are stored', async () => {
  const commits: number[] = []
  const settled = await store(new Patience({ probe: answers }), 50, async (items) => {
    commits.push(items.length)
    if (items.includes(17)) throw sqlError('22P05')
  })
  expect(settled.filter(([, outcome]) => outcome !== 'stored')).toEqual([[17, 'SQLSTATE 22P05']])
  expect(new Set(settled.map(([item]) => item)).size).toBe(50)
  // Halves, not one by one.
  expect(commits.length).toBeLessThan(15)
})

it.each([
  ['Postgres says that it shuts down', sqlError('57P01'), answers],
  ['a deadlock', sqlError('40P01'), answers],
  ['a schema that is not there yet', sqlError('42P01'), answers],
  ['its disk is full', sqlError('53100'), answers],
  ['the connection is lost and no other comes about', new Error('Connection terminated'), silent],
])('%s: the group waits as a whole, and nothing has failed', async (_name, error, probe) => {
  let commits = 0
  const words: string[] = []
  const patience = new Patience({
    probe,
    onAway: () => words.push('away'),
    onBack: () => words.push('back'),
  })
  const settled = await store(patience, 3, async (items) => {
    expect(items).toEqual([1, 2, 3])
    commits += 1
    if (commits > 1) expect(patience.awayMs).toBeGreaterThan(0)
    if (commits < 4) throw error
  })
  expect(settled).toEqual([1, 2, 3].map((item) => [item, 'stored']))
  expect(words).toEqual(['away', 'back'])
  expect(patience.awayMs).toBe(0)
})

it('a wait ends when it is stopped: every item is settled with the error', async () => {
  const patience = new Patience({ probe: silent })
  const settled = await store(patience, 2, async () => {
    patience.stop()
    throw new Error('away')
  })
  expect(settled).toEqual([
    [1, 'away'],
    [2, 'away'],
  ])
})
