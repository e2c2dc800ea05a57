import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createAccount } from '../../src/cli/accounts.ts'
import { createOperatorToken } from '../../src/cli/operatorTokens.ts'
import { createServiceToken } from '../../src/cli/serviceTokens.ts'
import type { Asked } from './operator.ts'

const tasks = {
  account: (plan: Asked['value']) => createAccount({ name: `On ${plan}`, plan: plan as never }),
  serviceToken: (name: string) => createServiceToken({ name }),
  operatorToken: async (name: string) => ({ token: (await createOperatorToken({ name })).token }),
}

const server = createServer(async (request, response) => {
  const { env, task, value } = (await json(request)) as Asked
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
  // The environment is read before this returns, so another request may set it.
  const done = tasks[task](value)
  await done.then(
    (result) => response.end(JSON.stringify({ result })),
    (error) => response.end(JSON.stringify({ error: String(error?.stack ?? error) })),
  )
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
