import { Command as Cli } from 'commander'
import { newId } from '../domain/ids.ts'
import { isIpOrRange } from '../domain/keys/allowedIps.ts'
import { Instant } from '../domain/keys/keyFields.ts'
import { generateSecret } from '../domain/keys/keyFormat.ts'
import { readName } from '../domain/names.ts'
import {
  OPERATOR_PERMISSION_NAMES,
  type OperatorPermission,
  OperatorTokenSchema,
} from '../domain/operators/OperatorToken.ts'
import { presentOperatorToken } from '../domain/operators/presentOperatorToken.ts'
import { listOf, readPermission } from './lists.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

type Options = { name: string; permissions?: string; allowedIps?: string; expiresAt?: string }

/** `operator-token …`: the tokens with which the company's own systems use the API. */
export function operatorTokenCommands(): Cli {
  const tokens = new Cli('operator-token').description('Tokens of the company’s own systems')

  tokens
    .command('create')
    .description('create a token; it is shown once')
    .requiredOption('--name <name>', 'the system it is for')
    .option(
      '--permissions <list>',
      `what it may do, of ${OPERATOR_PERMISSION_NAMES.join(',')} (default: all)`,
    )
    .option('--allowed-ips <list>', 'addresses and CIDR ranges that it may be used from (default: all)')
    .option('--expires-at <time>', 'when it ends, such as 2027-01-31T12:00:00Z (default: never)')
    .action(async (options: Options, command: Cli) => print(command, await createOperatorToken(options)))

  tokens
    .command('list')
    .description('list tokens')
    .action(async (_options: unknown, command: Cli) => {
      const rows = await withService(({ em }) =>
        em.find(OperatorTokenSchema, {}, { orderBy: { createdAt: 'asc' } }),
      )
      print(command, rows.map(presentOperatorToken))
    })

  tokens
    .command('revoke')
    .description('revoke a token; its next call is refused')
    .argument('<operatorTokenId>')
    .action(async (operatorTokenId: string, _options: unknown, command: Cli) => {
      const revoked = await withService(({ run }) => run('revoke-operator-token', null, { operatorTokenId }))
      print(command, revoked)
    })
  return tokens
}

/** A token, whose value is in the result. Throws an Error that says why there is none. */
export async function createOperatorToken({ name, permissions, allowedIps, expiresAt }: Options) {
  const payload = {
    operatorTokenId: newId('operatorToken'),
    name: readName('--name', name),
    permissions:
      permissions === undefined ? OPERATOR_PERMISSION_NAMES : listOf(permissions).map(readOperatorPermission),
    allowedIps: listOf(allowedIps ?? '').map(readRange),
    expiresAt: expiresAt === undefined ? null : readInstant(expiresAt),
  }
  return withService(async ({ env, run }) => {
    const { value, ...secret } = generateSecret(env.KEY_PREFIX, 'operator')
    return { ...(await run('create-operator-token', null, { ...payload, ...secret })), token: value }
  })
}

const readOperatorPermission = (text: string): OperatorPermission =>
  readPermission('operator', OPERATOR_PERMISSION_NAMES, text)

function readRange(text: string): string {
  if (isIpOrRange(text)) return text
  throw new Error(`--allowed-ips: "${text}" is no IP address or CIDR range.`)
}

function readInstant(text: string): string {
  const parsed = Instant.safeParse(text)
  if (parsed.success) return new Date(parsed.data).toISOString()
  throw new Error(`--expires-at ${parsed.error.issues[0]?.message}.`)
}
