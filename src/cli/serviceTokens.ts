import { Command as Cli } from 'commander'
import { ServiceTokenSchema } from '../domain/accounts/ServiceToken.ts'
import { newId } from '../domain/ids.ts'
import { generateSecret } from '../domain/keys/keyFormat.ts'
import { readName } from '../domain/names.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

/** `service-token …`: the tokens with which resource servers verify keys and report usage. */
export function serviceTokenCommands(): Cli {
  const tokens = new Cli('service-token').description('Tokens of resource servers')

  tokens
    .command('create')
    .description('create a token; it is shown once')
    .requiredOption('--name <name>', 'the resource server it is for')
    .action(async ({ name }: { name: string }, command: Cli) =>
      print(command, await createServiceToken(name)),
    )

  tokens
    .command('list')
    .description('list tokens')
    .action(async (_options: unknown, command: Cli) => {
      const rows = await withService(({ em }) =>
        em.find(ServiceTokenSchema, {}, { orderBy: { createdAt: 'asc' } }),
      )
      const shown = rows.map(({ id, name, hint, createdAt, revokedAt }) => ({
        serviceTokenId: id,
        name,
        hint,
        createdAt: createdAt.toISOString(),
        revokedAt: revokedAt?.toISOString() ?? null,
      }))
      print(command, shown)
    })

  tokens
    .command('revoke')
    .description('revoke a token; api processes refuse it within seconds')
    .argument('<serviceTokenId>')
    .action(async (serviceTokenId: string, _options: unknown, command: Cli) => {
      print(command, await withService(({ run }) => run('revoke-service-token', null, { serviceTokenId })))
    })
  return tokens
}

/** A token, whose value is in the result. Throws an Error that says why there is none. */
export async function createServiceToken(name: string) {
  return withService(async ({ env, run }) => {
    const { value, digest, hint } = generateSecret(env.KEY_PREFIX, 'service')
    const token = { serviceTokenId: newId('serviceToken'), name: readName('--name', name), digest, hint }
    return { ...(await run('create-service-token', null, token)), serviceToken: value }
  })
}
