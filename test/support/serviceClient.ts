import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { askOperator, type Done } from '../setup/operator.ts'
import { createClient } from './client.ts'

/** In a process of its own, as operators have it. */
async function runCli(args: string[], env: Record<string, string>): Promise<Done> {
  return promisify(execFile)(process.execPath, ['src/cli/main.ts', ...args, '--json'], {
    cwd: root,
    env,
  }).catch(({ message, stdout, code }) => ({ stdout, failure: { message, code } }))
}

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
    /** Runs a command of the operator's command line and parses what it prints. Throws with that when it fails. */
    cli: async (...given: string[]): Promise<Record<string, string>> => {
      const { stdout, failure } =
        given[0] !== 'usage'
          ? await askOperator(inject('operatorPort'), { env, task: 'cli', value: JSON.stringify(given) })
          : // Its exit code says what it found.
            await runCli(given, env)
      if (failure)
        throw Object.assign(new Error(`${failure.message}\n${stdout}`), { stdout, code: failure.code })
      return JSON.parse(stdout ?? '')
    },
  }
}
