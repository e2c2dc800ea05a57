/** How often pages of usage read again. Usage is in the answer within 2 s; a hidden page asks for nothing. */
export const LIVE_MS = 10_000
