import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { commandLine } from '../../src/dev/commandLine.ts'
import { root } from '../../src/dev/dataDir.ts'
import { temporaryFolder } from './folder.ts'

const unset = { DATABASE_URL: '', REDIS_URL: '', PORT: '', RENDER_PORT: '', SECRETS_KEY: '' }

function dev(dataDir: string, command: string) {
  const env = { ...process.env, ...unset, DATA_DIR: dataDir }
  return promisify(execFile)(process.execPath, [join(root, 'src/dev/main.ts'), '--once-ready', command], {
    env,
  })
}

it('runs a command when all is ready, passes its output and status on, and leaves no process', async () => {
  const dataDir = await temporaryFolder()
  const list = `curl -sf "$API_URL/api-keys" -H "Authorization: Bearer $ADMIN_KEY" > "$DATA_DIR/keys.json"`
  const script = `const { API_URL, ADMIN_KEY, DATABASE_URL, REDIS_URL } = process.env;
    const answer = await fetch(API_URL + '/api-keys', { headers: { authorization: 'Bearer ' + ADMIN_KEY } });
    console.log(JSON.stringify({ status: answer.status, DATABASE_URL, REDIS_URL, ADMIN_KEY }))`
  expect(list).toBeDefined()
  const { stdout } = await dev(
    dataDir,
    `${process.execPath} --input-type=module -e '${script.replaceAll("'", `'\\''`)}'`,
  )
  expect(JSON.parse(stdout)).toMatchObject({ status: 200 })
  expect(await commandLine(1)).toBeDefined()
})
