import { beforeAll, expect, it } from 'vitest'
import { sayRaw } from '../support/raw.ts'
import { checkProblem } from '../support/refusals.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let key: string
beforeAll(async () => {
  service = await sharedService()
  key = (await (await service.account('enterprise')).createKey()).key
})

/** Headers of `kib` KiB in all, none larger than the 8 KiB that nginx takes. */
function requestOf(kib: number): string {
  const head = `GET /forward-auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n`
  let filler = ''
  for (let left = kib * 1024 - head.length - 2; left > 0; left -= 7_000) {
    const name = `X-Filler-${left}: `
    filler += `${name}${'a'.repeat(Math.max(Math.min(left, 7_000) - name.length - 2, 1))}\r\n`
  }
  return `${head}${filler}\r\n`
}

it.each([21, 32, 39])('/forward-auth takes %i KiB of headers, as proxies let through', async (kib) => {
  expect(await sayRaw(service.url, requestOf(kib))).toMatch(/^HTTP\/1\.1 200 /)
})

it('more than 40 KiB is a problem', async () => {
  const [head = '', body = ''] = (await sayRaw(service.url, requestOf(42))).split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 431 /)
  checkProblem(body, 431, '/', /^x-request-id: (\S+)$/im.exec(head)?.[1] ?? '')
  expect(JSON.parse(body).detail).toContain('40 KiB')
})

it('a connection that is kept idle is announced for 75 s, longer than load balancers keep it', async () => {
  const answer = await fetch(`${service.url}/livez`)
  expect(answer.headers.get('keep-alive')).toBe('timeout=75')
})
