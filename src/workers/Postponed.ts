/**
 * Thrown by a handler that has to wait: its job gives its place away and comes back after `ms`. It is no failed
 * attempt.
 */
export class Postponed extends Error {
  readonly ms: number

  constructor(ms: number) {
    super(`Postponed for ${Math.ceil(ms)} ms.`)
    this.name = 'Postponed'
    this.ms = ms
  }
}
