import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { blocksOf } from '../readme/readme.ts'
import { expectTranscript } from '../readme/runBlocks.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { type Service, startService } from '../support/startService.ts'

/** What a page shows that is neither run nor printed: a file's form, a picture, this repository's own tests. */
const NOT_RUN: Record<string, string[]> = {
  'import.md': ['text hash,name'],
  'proxies.md': ['text client '],
  'checker.md': ['sh bin/test ', 'sh bin/test test/faults/eventHistory'],
  'operating.md': ['sh npm ci'],
  'doctor.md': ['sh bin/keys doctor', 'text ✓ Machine'],
  'verify.md': ['sh npx '],
}

let service: Service
let folder: string
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
})
afterAll(() => service?.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictify-keys-guide-'))
  await mkdir(join(folder, 'bin'))
  // What a reader has installed.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(
    join(folder, 'bin/keys'),
    `#!/bin/sh\nexec '${process.execPath}' '${root}/src/cli/main.ts' "$@"\n`,
  )
  await chmod(join(folder, 'bin/keys'), 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

// The tour needs the example, too: test/readme/transcript.test.ts runs it.
const guides = (await readdir(join(root, 'docs'))).filter(
  (name) => name.endsWith('.md') && name !== 'tour.md',
)

it.each(guides)(
  'the commands and programs of docs/%s run as written and print what it shows',
  async (name) => {
    const text = withoutOthers(await readFile(join(root, 'docs', name), 'utf8'), NOT_RUN[name] ?? [])
    const { adminKey } = await service.account('pro')
    const { DATABASE_URL = '', REDIS_URL = '', SECRETS_KEY = '' } = service.env
    await expectTranscript(text, folder, {
      ...{ DATABASE_URL, REDIS_URL, SECRETS_KEY },
      // The Node that the packages' sources need here: a reader has them built.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      // As if the Python client was installed.
      ...{ PYTHONPATH: join(root, 'clients/python'), PYTHONDONTWRITEBYTECODE: '1' },
      ...{ API_URL: service.url, ADMIN_KEY: adminKey, SERVICE_TOKEN: service.serviceToken },
    })
    for (const { language, title } of blocksOf(text)) {
      const isUsed = title === undefined || text.split(title).length > 2
      expect(
        ['bash', 'text'].includes(language) || (title && isUsed),
        `a block of ${language} is not run`,
      ).toBeTruthy()
    }
  },
)

/** The page without the blocks that begin so. */
function withoutOthers(text: string, beginnings: string[]): string {
  return beginnings.reduce((rest, beginning) => {
    const [language, start = ''] = beginning.split(/ (.*)/)
    const block = blocksOf(rest).find((one) => one.language === language && one.text.startsWith(start))
    if (!block) throw new Error(`There is no block that begins with ${beginning}`)
    return rest.replace(`\`\`\`${language}\n${block.text}\`\`\`\n`, '')
  }, text)
}
