/**
 * Attempts under way from this process, by the host that they go to. A host that is slow, which may be that of many
 * accounts' channels, never takes more than its share of the places for deliveries.
 */
export class Destinations {
  readonly #most: number
  readonly #underWay = new Map<string, number>()

  /** `most`: attempts to one host at once. */
  constructor(most: number) {
    this.#most = most
  }

  /** Takes a place; undefined where the host has as many as it may. Whoever has one gives it back by calling it. */
  enter(host: string): (() => void) | undefined {
    const underWay = this.#underWay.get(host) ?? 0
    if (underWay >= this.#most) return undefined
    this.#underWay.set(host, underWay + 1)
    return () => {
      const left = (this.#underWay.get(host) ?? 1) - 1
      if (left > 0) this.#underWay.set(host, left)
      else this.#underWay.delete(host)
    }
  }
}
