import { describe, expect, it } from 'vitest'
import { readEnv } from '../../src/platform/env.ts'
import { parseRegions } from '../../src/platform/envParsers.ts'
import { countServers, isRedisUrl, parseMovingUrl, urlOfShard } from '../../src/platform/redisUrl.ts'

describe('a URL of Redis', () => {
  it.each([
    'redis://localhost',
    'rediss://user:pa,ss@redis.example.com:6380/2?family=6',
    'redis://[::1]:6379',
    'redis+sentinel://a,b:26380,[::1]:26379/main',
    'rediss+sentinel://user:p%40ss@a/main?db=2&confirm=0&sentinelPassword=x',
    'redis+cluster://a:7000,b:7001',
    'rediss+cluster://:secret@clustercfg.example.com?confirm=1',
    'redis+cluster://a/',
    'redis+servers://user:p%40ss@a:7000,[::1],b/2',
  ])('%s', (url) => expect(isRedisUrl(url)).toBe(true))

  it.each([
    ['', 'nothing'],
    ['http://localhost', 'another protocol'],
    ['redis://a,b', 'several servers, and nobody who says which is the primary'],
    ['redis+sentinel://a,b', 'no group'],
    ['redis+sentinel:///main', 'no Sentinel'],
    ['redis+cluster://a,,b', 'an empty node'],
    ['redis+cluster://a:70000', 'no port'],
    ['redis+cluster://a/main', 'a Cluster has no group'],
    ['redis+cluster://a?db=1', 'nor databases'],
    ['redis+cluster://a?confirm=-1', 'no count'],
    ['redis+cluster://a?confrim=1', 'a name that means nothing'],
    ['redis+cluster://%zz@a', 'not percent-encoded'],
    ['redis+servers://', 'no server'],
    ['redis+servers://a,,b', 'an empty server'],
    ['redis+servers://a,b,a', 'a server that is named twice'],
    ['redis+servers://a:70000', 'no port of a server'],
    ['redis+other://a', 'another kind'],
  ])('not %s: %s', (url) => expect(isRedisUrl(url)).toBe(false))

  it('of several servers has one for each shard, in turns', () => {
    const url = 'rediss+servers://me:secret@a:1,[::1],c/2'
    const at = (place: number) => urlOfShard(url, place)
    expect([0, 1, 2, 3].map(at)).toEqual([
      ...['rediss://me:secret@a:1/2', 'rediss://me:secret@[::1]/2', 'rediss://me:secret@c/2'],
      'rediss://me:secret@a:1/2',
    ])
    expect(urlOfShard('redis://a', 5)).toBe('redis://a')
    expect([countServers(url), countServers('redis://a'), countServers('redis+cluster://a,b')]).toEqual([
      3, 1, 1,
    ])
  })

  it('of several servers needs as many shards', () => {
    const read = (SHARDS: string, urls: Record<string, string>) =>
      readEnv({
        ...{ DATABASE_URL: 'postgres://a/b', REDIS_URL: 'redis://a', ...urls, SHARDS },
        SECRETS_KEY: Buffer.alloc(32).toString('base64'),
      }).SHARDS
    const servers = 'redis+servers://a,b,c'
    expect(read('3', { REDIS_URL: servers, REGIONS: `eu=${servers}` })).toBe(3)
    const each: Record<string, string>[] = [{ REDIS_URL: servers }, { REGIONS: `eu=${servers}` }]
    for (const urls of each)
      expect(() => read('2', urls)).toThrow('SHARDS: must be at least the number of servers')
  })

  it('of Sentinels has their addresses, the group, and what both want to know', () => {
    expect(
      parseMovingUrl('rediss+sentinel://me:p%40ss@a,[::1]:5/main?db=2&sentinelUsername=s&sentinelPassword=w'),
    ).toEqual({
      kind: 'sentinel',
      nodes: [
        { host: 'a', port: 26_379 },
        { host: '::1', port: 5 },
      ],
      group: 'main',
      encrypted: true,
      username: 'me',
      password: 'p@ss',
      db: 2,
      confirm: 1,
      sentinelUsername: 's',
      sentinelPassword: 'w',
    })
  })
})

describe('REGIONS', () => {
  const parse = (text: string) => {
    const issues: unknown[] = []
    const regions = parseRegions(text, { addIssue: (issue: unknown) => issues.push(issue) } as never)
    return issues.length > 0 ? 'refused' : regions
  }

  it('a comma begins the next one only where a name follows', () => {
    expect(
      parse('eu=redis+cluster://a,b:7001?confirm=0, us=redis://c,ap=redis+sentinel://d,e/main,'),
    ).toEqual([
      { name: 'eu', url: 'redis+cluster://a,b:7001?confirm=0' },
      { name: 'us', url: 'redis://c' },
      { name: 'ap', url: 'redis+sentinel://d,e/main' },
    ])
  })

  it.each([
    'eu=redis://a,us',
    'eu=redis://a,redis://b',
    'eu=redis://a,eu=redis://b',
    'primary=redis://a',
    'EU=redis://a',
  ])('refuses %s', (text) => expect(parse(text)).toBe('refused'))
})
