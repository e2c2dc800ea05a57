import { Command as Cli } from 'commander'
import { readKeyUse } from '../domain/secrets/keyUse.ts'
import { RESEALED } from '../domain/secrets/resealedKinds.ts'
import { resealSecrets } from '../platform/resealSecrets.ts'
import { createVault } from '../platform/vault.ts'
import { print } from './print.ts'
import { showProgress } from './progress.ts'
import { type Service, withService } from './withService.ts'

/** `secrets …`: which secrets keys are in use, for changing `SECRETS_KEY`. */
export function secretsCommands(): Cli {
  const secrets = new Cli('secrets').description('Secrets keys: what depends on which')

  secrets
    .command('status')
    .description(
      'list the secrets keys, how many stored values depend on each, and whether it can be removed',
    )
    .action(async (_options: unknown, command: Cli) => print(command, await withService(status)))

  secrets
    .command('reseal')
    .description('seal what an older secrets key has sealed again now, instead of when the workers do')
    .action(async (_options: unknown, command: Cli) => {
      const work = { title: 'Sealing secrets again', unit: 'kinds', total: RESEALED.length }
      const progress = await showProgress(command, work)
      const result = await withService((service) => reseal(service, progress.advance)).finally(progress.end)
      if (result.unreadable > 0) process.exitCode = 1
      print(command, result)
    })
  return secrets
}

/**
 * `role`: `current` seals, `reading` opens, `missing` is named by values but not by this environment. An older key is
 * `removable` when nothing depends on it any more.
 */
async function status({ em, secrets }: Service) {
  const uses = await readKeyUse(em)
  const [{ number: current }] = secrets
  const known = secrets.map(({ number }) => number)
  const numbers = [...new Set([...known, ...uses.map(({ key }) => key)])].sort((a, b) => a - b)
  return numbers.map((key) => {
    const { values = 0, of = {} } = uses.find((use) => use.key === key) ?? {}
    const role = key === current ? 'current' : known.includes(key) ? 'reading' : 'missing'
    return { key, role, values, removable: key < current && values === 0, of }
  })
}

async function reseal({ orm, secrets }: Service, done: () => void) {
  const vault = createVault(secrets)
  const result: Record<string, unknown> & { unreadable: number } = { key: vault.current, unreadable: 0 }
  for (const kind of RESEALED) {
    const { rows, failures } = await resealSecrets(orm.em, kind, vault)
    result[kind] = rows
    result.unreadable += failures.length
    for (const { message } of failures.slice(0, 1)) process.stderr.write(`${kind}: ${message}\n`)
    done()
  }
  return result
}
