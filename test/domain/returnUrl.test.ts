import { describe, expect, it } from 'vitest'
import { allowedReturnUrl } from '../../src/domain/accounts/returnUrl.ts'
import { readEnv } from '../../src/platform/env.ts'

const allowed = ['https://app.example.com', 'https://example.com/app', 'http://localhost:4000/']

describe('a return URL', () => {
  it.each([
    ['https://app.example.com', 'https://app.example.com/'],
    ['https://app.example.com/settings?tab=keys#top', 'https://app.example.com/settings?tab=keys#top'],
    ['HTTPS://APP.EXAMPLE.COM:443/a', 'https://app.example.com/a'],
    ['https://example.com/app', 'https://example.com/app'],
    ['https://example.com/app/', 'https://example.com/app/'],
    ['https://example.com/app/a/../b', 'https://example.com/app/b'],
    ['http://localhost:4000/back', 'http://localhost:4000/back'],
  ])('%s is %s', (text, url) => expect(allowedReturnUrl(text, allowed)).toBe(url))

  it.each([
    ...['', '/', '/settings', '//app.example.com', 'app.example.com', 'about:blank', 'https:', 'https://'],
    ...['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'blob:https://app.example.com/a'],
    ...['javascript://app.example.com/%0aalert(1)', 'https://evil.example', 'http://app.example.com'],
    ...['https://app.example.com.evil.example', 'https://evil.example/https://app.example.com'],
    ...['https://app.example.com@evil.example', 'https://evil.example\\@app.example.com'],
    ...['https://user@app.example.com', 'https://:pw@app.example.com', 'https://app.example.com:8443'],
    ...['https://evil.example#@app.example.com', 'https://evil.example?https://app.example.com'],
    ...['https://example.com', 'https://example.com/application', 'https://example.com/app/../admin'],
    ...['https://example.com/app/%2e%2e/admin', 'https://example.com/app/..\\..\\admin'],
    ...['https://example.com/app/..%2fadmin', 'https://example.com/app/%5c..', 'https://example.com/APP'],
    ...['https://аpp.example.com', 'http://localhost', 'http://localhost:40001/', 'ws://localhost:4000/'],
  ])('%s is refused', (text) => expect(allowedReturnUrl(text, allowed)).toBeUndefined())

  it('leads nowhere without a list', () => {
    expect(allowedReturnUrl('https://app.example.com', [])).toBeUndefined()
  })
})

describe('RETURN_URLS', () => {
  const required = {
    DATABASE_URL: 'postgres://localhost/keys',
    REDIS_URL: 'redis://localhost',
    SECRETS_KEY: Buffer.alloc(32).toString('base64'),
  }
  it('is a list of origins and of URLs with a path', () => {
    expect(readEnv({ ...required, RETURN_URLS: ` ${allowed.join(' , ')},` }).RETURN_URLS).toEqual(allowed)
    expect(readEnv(required).RETURN_URLS).toEqual([])
  })

  it.each([
    ...[
      'app.example.com',
      '*',
      'https://*.example.com',
      'javascript:x',
      'https://a@b.example',
      'https://b.example/?x',
    ],
    ...['https://b.example/#x', 'https://b.example,here'],
  ])('%s is refused at the start', (entry) => {
    expect(() => readEnv({ ...required, RETURN_URLS: entry })).toThrow('RETURN_URLS')
  })
})
