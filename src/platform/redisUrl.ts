/** Where a Redis is that may move: who says which server is its primary now. */
export type MovingRedis = {
  /** `sentinel`: the nodes are Sentinels, and `group` is the name of what they watch. */
  kind: 'sentinel' | 'cluster'
  nodes: { host: string; port: number }[]
  group: string
  encrypted: boolean
  username: string | undefined
  password: string | undefined
  db: number
  /** How many replicas must have what was counted before it is acknowledged. */
  confirm: number
  /** Of the Sentinels themselves. */
  sentinelUsername: string | undefined
  sentinelPassword: string | undefined
}

const SERVERS = /^redis(s?)\+servers:\/\/([^@/]*@)?([^/?@]+)(\/\d{0,3})?$/
const MOVING = /^redis(s?)\+(sentinel|cluster):\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/
const NODE = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/

export const isClusterUrl = (url: string): boolean => /^rediss?\+cluster:/.test(url)

/** Whether another server may become the primary of what this URL names. */
export const isMovingUrl = (url: string): boolean => /^rediss?\+(sentinel|cluster):/.test(url)

/** How many servers a URL names that share the shards of a region; 1 where it names none. */
export const countServers = (url: string): number => serversOf(url)?.length ?? 1

/**
 * Where the shard at this place is. Of `redis+servers://user:password@a:6379,b:6379/0` the shards take turns: the first
 * is on `a`, the second on `b`, the third on `a`. Any other URL is the same for all shards.
 */
export function urlOfShard(url: string, place: number): string {
  const servers = serversOf(url)
  return servers?.[place % servers.length] ?? url
}

/** A URL for each server; undefined where the text is not of several. */
function serversOf(text: string): string[] | undefined {
  const [, s, login = '', hosts = '', path = ''] = SERVERS.exec(text) ?? []
  if (hosts === '') return undefined
  return hosts.split(',').map((host) => `redis${s}://${login}${host}${path}`)
}

/** The forms that `parseMovingUrl` and ioredis take, for messages. */
export const REDIS_FORMS =
  '`redis://host:6379`, `redis+sentinel://host:26379,host:26379/group`, `redis+cluster://host:6379,host:6379` or `redis+servers://host:6379,host:6379`, with `rediss` for TLS'

export function isRedisUrl(text: string): boolean {
  if (isMovingUrl(text)) return parseMovingUrl(text) !== undefined
  const servers = serversOf(text)
  // One that is named twice would have two shards take each other for the one before.
  if (servers)
    return (
      servers.every((one) => isRedisUrl(one) && new URL(one).hostname !== '') &&
      new Set(servers).size === servers.length
    )
  const url = URL.parse(text)
  return url !== null && /^rediss?:$/.test(url.protocol) && !url.hostname.includes(',')
}

/**
 * `redis+sentinel://user:password@host:26379,host/group?confirm=1&db=0&sentinelPassword=…` or
 * `redis+cluster://user:password@host:6379,host`; undefined where it is neither. What is special in a password must be
 * percent-encoded.
 */
export function parseMovingUrl(text: string): MovingRedis | undefined {
  const [, s, kind, login = '', hosts = '', path = '', query = ''] = MOVING.exec(text) ?? []
  if (kind !== 'sentinel' && kind !== 'cluster') return undefined
  const nodes = hosts.split(',').map((node) => {
    const [, host = '', port] = NODE.exec(node) ?? []
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? (kind === 'cluster' ? 6379 : 26379)) }
  })
  if (nodes.some(({ host, port }) => host === '' || port > 65_535)) return undefined
  // A Sentinel's group has to be named; a Cluster has one database, and nothing to name.
  if ((kind === 'sentinel') === (path === '')) return undefined
  const settings = new URLSearchParams(query)
  const [db, confirm] = [Number(settings.get('db') ?? 0), Number(settings.get('confirm') ?? 1)]
  const known = kind === 'sentinel' ? ['confirm', 'db', 'sentinelUsername', 'sentinelPassword'] : ['confirm']
  if ([...settings.keys()].some((name) => !known.includes(name))) return undefined
  if (!isCount(db) || !isCount(confirm)) return undefined
  try {
    const [username, password] = loginOf(login)
    return {
      kind,
      nodes,
      group: decodeURIComponent(path),
      encrypted: s === 's',
      username,
      password,
      db,
      confirm,
      sentinelUsername: settings.get('sentinelUsername') ?? undefined,
      sentinelPassword: settings.get('sentinelPassword') ?? undefined,
    }
  } catch {
    return undefined
  }
}

const isCount = (number: number) => Number.isInteger(number) && number >= 0 && number < 1_000

/** Throws where something is not percent-encoded as it must be. */
function loginOf(text: string): [username: string | undefined, password: string | undefined] {
  const at = text.indexOf(':')
  const [username, password] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  return [decodeURIComponent(username) || undefined, decodeURIComponent(password) || undefined]
}
