import { randomBytes } from 'node:crypto'
import type { Cli } from './createCli.ts'
import type { DevState } from './DevState.ts'

export type Demo = Pick<DevState, 'adminKey' | 'serviceToken' | 'operatorToken' | 'email' | 'password'>

const EMAIL = 'demo@example.com'

/**
 * The demo account, the example's service token and an operator token: those kept from an earlier start while the api
 * accepts them (the database may be another by now, or the key revoked), else new ones.
 */
export async function demoAccount(
  kept: Demo | undefined,
  options: { cli: Cli; apiUrl: string; password: string },
): Promise<Demo> {
  const { cli, apiUrl, password } = options
  const hasKey = kept && (await accepts(`${apiUrl}/api-keys?limit=1`, kept.adminKey))
  const account = hasKey ? kept : await createAccount(cli, await freeEmail(apiUrl, password), password)
  const hasToken = kept && (await accepts(`${apiUrl}/verify`, kept.serviceToken, { key: account.adminKey }))
  const serviceToken = hasToken ? kept.serviceToken : await createServiceToken(cli)
  // One of an earlier release may lack the newest permission.
  const link = `${apiUrl}/accounts/none/session-links`
  const hasOperator = kept?.operatorToken && (await accepts(link, kept.operatorToken, { role: 'viewer' }))
  const operatorToken = hasOperator ? kept.operatorToken : await createOperatorToken(cli)
  const { adminKey, email } = account
  return { adminKey, email, password: account.password, serviceToken, operatorToken }
}

async function accepts(url: string, bearer: string, body?: unknown): Promise<boolean> {
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : undefined,
  })
  await response.body?.cancel()
  return response.status !== 401 && response.status !== 403
}

/**
 * An address that this password does not open yet: an earlier demo account, whose key is lost, may have the usual
 * one.
 */
async function freeEmail(apiUrl: string, password: string): Promise<string> {
  const response = await fetch(`${apiUrl}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: EMAIL, password }),
  })
  await response.body?.cancel()
  return response.ok ? `demo-${randomBytes(3).toString('hex')}@example.com` : EMAIL
}

async function createAccount(
  cli: Cli,
  email: string,
  password: string,
): Promise<Pick<Demo, 'adminKey' | 'email' | 'password'>> {
  const member = ['--email', email, '--password-stdin']
  const args = ['account', 'create', '--name', 'Demo', '--plan', 'pro', ...member, '--json']
  const { adminKey } = JSON.parse(await cli(args, password)) as { adminKey: string }
  return { adminKey, email, password }
}

async function createServiceToken(cli: Cli): Promise<string> {
  const output = await cli(['service-token', 'create', '--name', 'Render API', '--json'])
  return (JSON.parse(output) as { serviceToken: string }).serviceToken
}

async function createOperatorToken(cli: Cli): Promise<string> {
  const output = await cli(['operator-token', 'create', '--name', 'Demo', '--json'])
  return (JSON.parse(output) as { token: string }).token
}
