import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createAccount } from '../../src/cli/accounts.ts'
import { createOperatorToken } from '../../src/cli/operatorTokens.ts'
import { createServiceToken } from '../../src/cli/serviceTokens.ts'
import type { Asked, Done } from './operator.ts'
import { runCommandLine } from './runCommandLine.ts'
import { startShared } from './startShared.ts'

const inherited = { ...process.env }
let shared: ReturnType<typeof startShared> | undefined

const tasks: Record<Asked['task'], (value: string) => Promise<Done>> = {
  account: (plan) => createAccount({ name: `On ${plan}`, plan }),
  serviceToken: (name) => createServiceToken({ name }),
  operatorToken: async (name) => ({ token: (await createOperatorToken({ name })).token }),
  cli: (args) => runCommandLine(JSON.parse(args)),
  sharedService: async (postgresUrl) => {
    shared ??= startShared(postgresUrl, inherited)
    const running = await shared
    useEnvironment(running.env)
    // Who reports usage is known by the token's name: of each test file, the events are its own.
    const { serviceToken } = await tasks.serviceToken(randomUUID())
    return { shared: { ...running, serviceToken: serviceToken ?? '' } }
  },
}

/** The functions of bin/keys read it before they return, so another task may set it then. */
function useEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
}

const server = createServer(async (request, response) => {
  const { env, task, value } = (await json(request)) as Asked
  useEnvironment(env)
  await tasks[task](value).then(
    (result) => response.end(JSON.stringify({ result })),
    (error) => response.end(JSON.stringify({ error: String(error?.stack ?? error) })),
  )
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
