import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { askOperator } from '../setup/operator.ts'
import { createClient } from './client.ts'

type Running = { env: Record<string, string>; url: string; serviceToken: string }

/** How tests speak to a service that runs: as its callers and its operators do. */
export function serviceClient({ env, url: ownUrl, serviceToken }: Running) {
  const operator = (task: 'account' | 'operatorToken', value: string) =>
    askOperator(inject('operatorPort'), { env, task, value })
  return {
    env,
    url: ownUrl,
    serviceToken,
    /** A client with the service token. */
    server: createClient(ownUrl, serviceToken),
    /** An account of its own, and a client that uses its admin key. */
    account: async (plan = 'pro', url = ownUrl) => {
      const { accountId = '', adminKey = '' } = await operator('account', plan)
      return { accountId, adminKey, ...createClient(url, adminKey) }
    },
    /** An operator token that holds every permission. */
    operatorToken: async () => (await operator('operatorToken', 'Company')).token ?? '',
    /**
     * Runs the operator's command line and parses what it prints. Throws with that when it fails. A password goes by
     * its stdin.
     */
    cli: async (...given: string[]): Promise<Record<string, string>> => {
      const at = given.indexOf('--password')
      const [args, stdin = ''] =
        at < 0 ? [given] : [given.toSpliced(at, 2, '--password-stdin'), given[at + 1]]
      const running = promisify(execFile)(process.execPath, ['src/cli/main.ts', ...args, '--json'], {
        cwd: root,
        env,
      })
      running.child.stdin?.end(stdin)
      const { stdout } = await running.catch((error) => {
        throw Object.assign(new Error(`${error.message}\n${error.stdout}`), {
          stdout: error.stdout,
          code: error.code,
        })
      })
      return JSON.parse(stdout)
    },
  }
}
