import type { IncomingMessage } from 'node:http'
import type { Verification } from '../verifier/Verifier.ts'
import type { ApiContext } from './context.ts'
import type { RouteSpec } from './guard.ts'

/** A 200. `lines` are its headers beside those of every answer: see headerLines.ts. */
export type HotAnswer = { lines: string; body: string }

/** A route of the hot path: declared like every other, answered with as little as can be done around it. */
export type HotRoute = {
  spec: RouteSpec
  /** Reads the request and has it decided. Throws, or rejects with, what `toProblem` makes a problem of. */
  decide: (api: ApiContext, request: IncomingMessage, search: string) => Promise<Verification>
  /** What its caller gets. Throws the problem of a refusal that is one. */
  present: (verification: Verification, search: string) => HotAnswer
  /** Whether a problem is to be sent in the header `X-Problem`, too, for a caller that cannot read bodies. */
  problemInHeader?: (search: string) => boolean
  /** Whether further refusals of a key that was refused often are delayed, see RefusedKeys.ts. */
  delaysRefusals?: true
}
