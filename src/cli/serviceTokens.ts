import { Command as Cli } from 'commander'
import { presentServiceToken } from '../domain/accounts/presentServiceToken.ts'
import {
  SERVICE_TOKEN_PERMISSION_NAMES,
  type ServiceTokenPermission,
  ServiceTokenSchema,
} from '../domain/accounts/ServiceToken.ts'
import { newId } from '../domain/ids.ts'
import { generateSecret } from '../domain/keys/keyFormat.ts'
import { readName } from '../domain/names.ts'
import { listOf, readPermission } from './lists.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

type Options = { name: string; permissions?: string; accounts?: string }

/** `service-token …`: the tokens with which resource servers verify keys and report usage. */
export function serviceTokenCommands(): Cli {
  const tokens = new Cli('service-token').description('Tokens of resource servers')

  tokens
    .command('create')
    .description('create a token; it is shown once')
    .requiredOption('--name <name>', 'the resource server it is for')
    .option(
      '--permissions <list>',
      `what it may do, of ${SERVICE_TOKEN_PERMISSION_NAMES.join(',')} (default: all)`,
    )
    .option('--accounts <list>', 'IDs of the accounts whose keys it knows (default: all)')
    .action(async (options: Options, command: Cli) => print(command, await createServiceToken(options)))

  tokens
    .command('list')
    .description('list tokens')
    .action(async (_options: unknown, command: Cli) => {
      const rows = await withService(({ em }) =>
        em.find(ServiceTokenSchema, {}, { orderBy: { createdAt: 'asc' } }),
      )
      const shown = rows.map((row) => {
        const { id: serviceTokenId, ...facts } = presentServiceToken(row)
        return { serviceTokenId, ...facts }
      })
      print(command, shown)
    })

  tokens
    .command('revoke')
    .description('revoke a token; when this is done, every region refuses it')
    .argument('<serviceTokenId>')
    .action(async (serviceTokenId: string, _options: unknown, command: Cli) => {
      print(command, await withService(({ run }) => run('revoke-service-token', null, { serviceTokenId })))
    })
  return tokens
}

/** A token, whose value is in the result. Throws an Error that says why there is none. */
export async function createServiceToken({ name, permissions, accounts }: Options) {
  const payload = {
    serviceTokenId: newId('serviceToken'),
    name: readName('--name', name),
    permissions: permissions === undefined ? null : listOf(permissions).map(readServicePermission),
    accountIds: accounts === undefined ? null : listOf(accounts),
  }
  return withService(async ({ env, run }) => {
    const { value, ...secret } = generateSecret(env.KEY_PREFIX, 'service')
    return { ...(await run('create-service-token', null, { ...payload, ...secret })), serviceToken: value }
  })
}

const readServicePermission = (text: string): ServiceTokenPermission =>
  readPermission('service', SERVICE_TOKEN_PERMISSION_NAMES, text)
