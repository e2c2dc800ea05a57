/** What is measured, in the order of a round: each soon after its bare peer. */
export type Target = {
  name: TargetName
  title: string
  /** The process that answers. */
  server: 'http' | 'koa' | 'body' | 'api'
  /** The wrk script that makes the requests. */
  script: 'forwardAuth' | 'verify' | 'usage'
  connections: number
  /** What one request stands for in the rates: one, or the events of a batch. */
  units: number
  /** Bare servers to compare with; the goal is a part of the first one's rate. */
  peers: TargetName[]
  goal?: number
  /** What an admitted unit leaves behind in Postgres; nothing for a bare server. */
  counts: 'verifications' | 'events' | 'nothing'
}

export type TargetName = 'http' | 'koa' | 'body' | 'forward-auth' | 'verify' | 'usage'

const bare = { connections: 64, units: 1, peers: [], counts: 'nothing' } satisfies Partial<Target>
const verification = { server: 'api', connections: 64, units: 1, counts: 'verifications' } as const

export const targets: Target[] = [
  { ...bare, name: 'http', title: 'bare `node:http`', server: 'http', script: 'forwardAuth' },
  { ...bare, name: 'koa', title: 'bare Koa', server: 'koa', script: 'forwardAuth' },
  {
    ...verification,
    name: 'forward-auth',
    title: '`GET /forward-auth`',
    script: 'forwardAuth',
    peers: ['http', 'koa'],
    goal: 0.6,
  },
  {
    ...bare,
    name: 'body',
    title: 'bare `node:http` that reads and parses the body',
    server: 'body',
    script: 'verify',
  },
  {
    ...verification,
    name: 'verify',
    title: '`POST /verify`',
    script: 'verify',
    peers: ['body'],
    goal: 0.6,
  },
  {
    name: 'usage',
    title: '`POST /usage/events`, 500 a batch (per event)',
    server: 'api',
    script: 'usage',
    connections: 8,
    units: 500,
    peers: [],
    counts: 'events',
  },
]
