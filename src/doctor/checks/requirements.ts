/** What the service runs on, as docs/operating.md has it. */
export const NODE_MAJOR = 24
export const POSTGRES_MAJOR = 15
export const REDIS_VERSION = '6.2'
