import type { Process, RegionName } from './cluster.ts'

export type SlowFill = { region: RegionName; token: number }

/** What the checker sees of the slow filler (see slowFiller.ts). */
export class SlowFills {
  readonly #child: Process['child']
  readonly #waiting = new Map<number, (done: boolean) => void>()
  #tokens = 0
  written = 0
  /** Of an earlier epoch, so not written. */
  refused = 0

  constructor({ child }: Process) {
    this.#child = child
    child.on('message', ({ token, done }: { token: number; done: boolean }) => {
      this.#waiting.get(token)?.(done)
      this.#waiting.delete(token)
    })
    child.on('exit', () => {
      for (const resolve of this.#waiting.values()) resolve(false)
      this.#waiting.clear()
    })
  }

  /** Reads a key's state as it is now; undefined where that did not succeed. */
  async read(region: RegionName, keyId: string): Promise<SlowFill | undefined> {
    const token = ++this.#tokens
    return (await this.#ask(token, { read: { region, keyId } })) ? { region, token } : undefined
  }

  /** Writes what was read then into the region. */
  async write({ token }: SlowFill): Promise<void> {
    if (await this.#ask(token, {})) this.written += 1
    else this.refused += 1
  }

  #ask(token: number, message: object): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.#child.connected) return resolve(false)
      this.#waiting.set(token, resolve)
      this.#child.send({ token, ...message })
    })
  }
}
