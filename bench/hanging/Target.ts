/**
 * What is asked. `ask` returns the status of an answer, 0 where there is none, and never throws; `turn` counts the
 * requests from 0.
 */
export type Target = { ask: (turn: number) => Promise<number>; close: () => unknown }
