import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import { expectTranscript } from '../readme/runBlocks.ts'

type Installed = {
  /** A folder that has an executable called `keys`: the operator's command line of this way to install. */
  folder: string
  env: { API_URL: string; CURL_CA_BUNDLE?: string }
  /** Starts the example that renders, once there is a token for it; resolves with its address. */
  startRender: (serviceToken: string) => Promise<string>
}

/** Does what docs/install/first-key.md says, as written: an account, a key, a verification, a render. */
export async function expectFirstRender({ folder, env, startRender }: Installed): Promise<void> {
  const page = await readFile(join(root, 'docs/install/first-key.md'), 'utf8')
  const [before = '', after = ''] = page.split('## The first render')
  const environment = { ...env, PATH: `${folder}:${process.env.PATH}` }
  await expectTranscript(before, folder, environment)
  const { serviceToken } = JSON.parse(await readFile(join(folder, 'token.json'), 'utf8'))
  await expectTranscript(after, folder, { ...environment, RENDER_URL: await startRender(serviceToken) })
}
