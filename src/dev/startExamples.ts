import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DevState } from './DevState.ts'
import { root } from './dataDir.ts'
import type { superviseProcesses } from './superviseProcesses.ts'
import { waitForHttp } from './waitForHttp.ts'

const RENDER_API = 'examples/render-api/main.ts'
const COMPANY = 'examples/company/main.ts'

export const hasExamples = () => [RENDER_API, COMPANY].every((path) => existsSync(join(root, path)))

type Options = {
  processes: ReturnType<typeof superviseProcesses>
  /** Of the service: what it was started with. */
  env: NodeJS.ProcessEnv
  state: DevState & { renderUrl: string; companyUrl: string }
  boundMs: number
  signal: AbortSignal
}

/** Starts the render API and the company's web app, and resolves when both answer. */
export async function startExamples({ processes, env, state, boundMs, signal }: Options): Promise<void> {
  const { apiUrl, renderUrl, companyUrl, serviceToken, operatorToken } = state
  const start = (name: string, path: string, url: string, more: Record<string, string>) =>
    processes.start(
      { name, command: `node_modules/.bin/node ${path}` },
      { ...env, PORT: new URL(url).port, PUBLIC_URL: url, ...more },
    )
  start('render', RENDER_API, renderUrl, { SERVICE_TOKEN: serviceToken })
  start('company', COMPANY, companyUrl, {
    KEYS_URL: apiUrl,
    OPERATOR_TOKEN: operatorToken,
    BILLING_SECRET: env.BILLING_SECRET || randomBytes(16).toString('hex'),
  })
  const ready = [renderUrl, companyUrl].map((url) =>
    waitForHttp(url, { accept: () => true, boundMs, signal }),
  )
  await Promise.race([processes.failed, Promise.all(ready)])
  processes.settle()
}
