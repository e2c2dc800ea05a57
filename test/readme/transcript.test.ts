import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { type RenderApi, startRenderApi } from '../support/startRenderApi.ts'
import { readmeSection } from './readme.ts'
import { expectTranscript } from './runBlocks.ts'

let service: SharedService
let example: RenderApi
let folder: string
beforeAll(async () => {
  await awayFromMidnight()
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-readme-'))
  service = await sharedService()
  example = await startRenderApi(service)
})
afterAll(async () => {
  await example?.stop()
  await rm(folder, { recursive: true, force: true })
})

const environmentOf = (account: { adminKey: string }) => ({
  API_URL: service.url,
  ADMIN_KEY: account.adminKey,
  SERVICE_TOKEN: service.serviceToken,
  RENDER_URL: example.url,
})

it('the commands of the README run as written and print what it shows', async () => {
  const account = await service.account('pro')
  const text = await readmeSection("A key's life, by curl")
  expect(await expectTranscript(text, folder, environmentOf(account))).toBeGreaterThan(2)
}, 180_000)

it('the commands of the tour run as written and print what it shows', async () => {
  const account = await service.account('pro')
  const text = await readFile(join(root, 'docs/tour.md'), 'utf8')
  expect(await expectTranscript(text, folder, environmentOf(account))).toBeGreaterThan(8)
  expect((await account.get('/api-keys')).body.apiKeys.map((key: { name: string }) => key.name)).toEqual([
    'Admin key',
  ])
})
