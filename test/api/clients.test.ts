import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { sharedService } from '../support/sharedService.ts'

it('the clients of the dashboard and of programs are those that a script makes of /openapi.json', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-client-'))
  const service = await sharedService()
  try {
    await promisify(execFile)(process.execPath, ['src/dashboard/generateClient.ts', folder], {
      cwd: root,
      env: { ...process.env, API_URL: service.url },
    })
    for (const kept of [
      'src/dashboard/api/schema.d.ts',
      'packages/client/schema.ts',
      'packages/client/calls.ts',
    ]) {
      const [theirs, made] = await Promise.all([
        readFile(join(root, kept), 'utf8'),
        readFile(join(folder, basename(kept)), 'utf8'),
      ])
      expect(theirs === made, `${kept}: see "Add a route" in CONTRIBUTING.md`).toBe(true)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
