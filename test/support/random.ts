/** Chance that repeats: the same seed draws the same. */
export type Random = ReturnType<typeof createRandom>

/** Mulberry32 (Tommy Ettinger, public domain) and what tests draw with it. */
export function createRandom(seed: number) {
  let state = seed >>> 0
  /** Uniform over 0 to 1, without 1. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  /** A whole number of `from` to `to`, both included. */
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  const chance = (share: number): boolean => next() < share
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[between(0, items.length - 1)]
    if (item === undefined) throw new Error('There is nothing to pick')
    return item
  }
  /** Log-normal by Box and Muller: half of the draws are below `median`. */
  const logNormal = (median: number, sigma: number): number =>
    median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()))
  /** In place, by Fisher and Yates. */
  const shuffle = <Item>(items: Item[]): Item[] => {
    for (let last = items.length - 1; last > 0; last--) {
      const other = between(0, last)
      const item = items[last] as Item
      items[last] = items[other] as Item
      items[other] = item
    }
    return items
  }
  return { seed, next, between, chance, pick, logNormal, shuffle }
}

/** SEED of the environment, to see a failure again; else a new one. */
export function anySeed(): number {
  return Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
}
