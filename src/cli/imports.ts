import { Command as Cli } from 'commander'
import { newId } from '../domain/ids.ts'
import { parseHash } from '../domain/imports/parseHash.ts'
import { ApiKeySchema } from '../domain/keys/ApiKey.ts'
import { lastUses } from '../domain/keys/keyStore.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

/** `imports …`: who may import keys, and whose an imported key is. */
export function importsCommands(): Cli {
  const imports = new Cli('imports').description('Who may import keys, and which account has an imported key')

  for (const [name, allowed, text] of [
    ['allow', true, 'let the admins of an account import keys'],
    ['refuse', false, 'let only operators import keys into an account; existing keys stay'],
  ] as const) {
    imports
      .command(name)
      .description(text)
      .argument('<accountId>')
      .action(async (accountId: string, _options: unknown, command: Cli) =>
        print(command, await withService(({ run }) => run('allow-imports', accountId, { allowed }))),
      )
  }

  imports
    .command('find')
    .description('find the key that has a hash')
    .argument('<hash>', 'SHA-256 of the whole key')
    .action(async (hash: string, _options: unknown, command: Cli) => {
      const digest = digestOf(hash)
      const found = await withService(async ({ em }) => {
        const key = await em.findOne(ApiKeySchema, { digest })
        const used = key && (await lastUses(em, [key.id])).get(key.id)
        return key && { key, used }
      })
      if (!found) throw new Error('No key has this hash.')
      const { key, used } = found
      print(command, {
        ...{ accountId: key.accountId, keyId: key.id, name: key.name, type: key.type, status: key.status },
        importedAt: key.importedAt?.toISOString() ?? null,
        lastUsedAt: used?.toISOString() ?? null,
      })
    })

  imports
    .command('move')
    .description('move an imported key to the account that owns it')
    .argument('<hash>', 'SHA-256 of the whole key')
    .argument('<accountId>', 'the account that it belongs to')
    .action(async (hash: string, accountId: string, _options: unknown, command: Cli) => {
      const payload = { digest: digestOf(hash), newKeyId: newId('apiKey') }
      print(command, await withService(({ run }) => run('move-imported-key', accountId, payload)))
    })
  return imports
}

function digestOf(hash: string): string {
  const found = parseHash(hash)
  if ('fault' in found) throw new Error(`The hash ${found.fault}.`)
  return found.digest
}
