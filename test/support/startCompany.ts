import { spawn } from 'node:child_process'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'

export const BILLING_SECRET = 'the billing provider knows it'

/** The example of a company's web app, as a process. `start` is for once the service allows its URL. */
export async function startCompany() {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let end = async () => {}
  return {
    url,
    start: async (keysUrl: string, operatorToken: string) => {
      const child = spawn(process.execPath, ['examples/company/main.ts'], {
        cwd: root,
        env: {
          ...process.env,
          ...{ PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: url },
          ...{ KEYS_URL: keysUrl, OPERATOR_TOKEN: operatorToken, BILLING_SECRET },
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
      end = () => {
        child.kill('SIGTERM')
        return ended
      }
      await waitForHttp(url, { accept: () => true, boundMs: 60_000, signal: AbortSignal.timeout(60_000) })
    },
    stop: () => end(),
  }
}
