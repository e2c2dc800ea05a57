import { expect, it } from 'vitest'
import { endpointTemplate } from '../../src/domain/usage/endpointTemplate.ts'

it.each([
  ['/images/7f3a90c2/render', '/images/{id}/render'],
  ['/v1/images/123', '/v1/images/{id}'],
  ['/users/0b0a4d3e-9f0c-4e0a-8a3c-1c5d2b7e9f00/keys', '/users/{id}/keys'],
  ['/users/0b0a4d3e9f0c4e0a8a3c1c5d2b7e9f00', '/users/{id}'],
  ['/users/64f1c2e5a1b2c3d4e5f60718', '/users/{id}'],
  ['/a/01ARZ3NDEKTSV4RRFFQ69G5FAV/b', '/a/{id}/b'],
  ['/n/V1StGXR8_Z5jdHi6B-myT', '/n/{id}'],
  ['/c/cm3x1abc000008l5d2f9e7k1', '/c/{id}'],
  ['/k/key_AbC123dEf456GhIj', '/k/{id}'],
  ['/k/cus_NffrFeUfNV2Hib', '/k/{id}'],
  ['/watch/dQw4w9WgXcQ', '/watch/{id}'],
  ['/orders/ORD-20240101-0001', '/orders/{id}'],
  ['/days/2026-11-26/usage', '/days/{id}/usage'],
  ['/months/2026-11', '/months/{id}'],
  ['/at/2026-11-26T10:00:00Z', '/at/{id}'],
  ['/members/ada@example.com', '/members/{id}'],
  ['/members/ada%40example.com', '/members/{id}'],
  ['/tags/caf%C3%A9', '/tags/{id}'],
  ['/hosts/203.0.113.7', '/hosts/{id}'],
  ['/images/7f3a90c2.png', '/images/{id}.png'],
  ['/posts/how-to-make-a-picture-of-every-page-of-a-site', '/posts/{id}'],
  ['/blobs/c2VjcmV0IQ==', '/blobs/{id}'],
  ['/jobs/qwertzui12345678asdf', '/jobs/{id}'],
  ['/jobs/4711wxyz', '/jobs/{id}'],
])('%s is %s', (path, template) => {
  expect(endpointTemplate(path)).toBe(template)
  expect(endpointTemplate(template)).toBe(template)
})

it.each([
  '',
  '/',
  '/images/:id/{page}/*',
  '/images/:b7x2k9/{theIdentifierOfTheImageThatWasRenderedForAnAccount}',
  '/v1/v2.1/v1beta1/1.0/20240115.1',
  '/oauth2/token',
  '/utf-8/iso-8601/base64/sha256/h264/es2015/ipv4/web3/s3/mp3',
  '/.well-known/openid-configuration',
  '/apple-touch-icon-120x120.png',
  '/image@2x.png',
  '/index.html',
  '/getUserProfile2/renderV2Image',
  '/facade/deadbeef',
  '/report-final_draft/2fa/3d',
  '//double//',
])('%s has no identifiers', (path) => {
  expect(endpointTemplate(path)).toBe(path)
})
