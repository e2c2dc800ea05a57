import type { IncomingMessage } from 'node:http'
import type { ApiContext } from './context.ts'
import type { RouteSpec } from './guard.ts'

export type HotAnswer = { status: number; headers: Record<string, string>; body: string; requestId: string }

/** A route of the hot path: declared like every other, answered with as little as can be done around it. */
export type HotRoute = {
  spec: RouteSpec
  answer: (api: ApiContext, request: IncomingMessage, search: string) => Promise<HotAnswer>
  /** Whether a problem is to be sent in the header `X-Problem`, too, for a caller that cannot read bodies. */
  problemInHeader?: (search: string) => boolean
}
