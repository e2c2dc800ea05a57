import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { sharedService } from '../support/sharedService.ts'

it('the dashboard’s client is the one that its script makes of /openapi.json', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-client-'))
  const service = await sharedService()
  try {
    const made = join(folder, 'schema.d.ts')
    await promisify(execFile)(process.execPath, ['src/dashboard/generateClient.ts', made], {
      cwd: root,
      env: { ...process.env, API_URL: service.url },
    })
    const [kept, expected] = await Promise.all([
      readFile(join(root, 'src/dashboard/api/schema.d.ts'), 'utf8'),
      readFile(made, 'utf8'),
    ])
    expect(kept === expected, 'see "Add a route" in CONTRIBUTING.md').toBe(true)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
