import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../../src/dev/dataDir.ts'
import type { Answer } from './client.ts'
import type { SharedService } from './sharedService.ts'

export type Account = Awaited<ReturnType<SharedService['account']>>

export const sha256 = (value: string) => createHash('sha256').update(value).digest('hex')
export const newValue = (prefix = 'sk_old_') => prefix + randomBytes(18).toString('base64url')
export const record = (value: string, fields: object = {}) => ({
  hash: sha256(value),
  name: 'Imported',
  ...fields,
})

/** Sends files of keys to a service, and asks it about them. */
export function createImporter(service: SharedService) {
  /** Sends a file as it is. */
  async function send(
    account: Account,
    text: string,
    { type = 'application/x-ndjson', query = '', headers = {} } = {},
  ) {
    const response = await fetch(`${service.url}/api-keys/import${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': type, ...headers },
      body: text,
    })
    const answer: Answer = { status: response.status, headers: response.headers, body: await response.json() }
    return answer
  }
  /** Sends keys as JSON lines; again, as long as another import of the account is under way. */
  async function sendRecords(account: Account, records: object[], query = ''): Promise<Answer> {
    for (;;) {
      const answer = await send(account, records.map((one) => JSON.stringify(one)).join('\n'), { query })
      if (!answer.body.type?.endsWith('/import-in-progress')) return answer
      await sleep(50)
    }
  }
  const codeOf = async (value: string) => (await service.server.post('/verify', { key: value })).body.code
  const countKeys = async (account: Account) => (await account.get('/api-keys')).body.pagination.total

  /** Runs bin/keys’ program; resolves with its end, whatever it is. `stdin` is what it reads. */
  function cli(args: string[], stdin = '') {
    const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { cwd: root, env: service.env })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data) => {
      stdout += data
    })
    child.stderr.on('data', (data) => {
      stderr += data
    })
    child.stdin.end(stdin)
    return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, stdout, stderr })),
    )
  }

  return { send, sendRecords, codeOf, countKeys, cli }
}
