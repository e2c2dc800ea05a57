import { sealContext } from '../../domain/notifications/Channel.ts'
import type { Em } from '../../platform/postgres.ts'
import type { Vault } from '../../platform/vault.ts'
import type { StoredFacts } from '../Facts.ts'

/** Sealed values that are tried. The newest: what an earlier SECRETS_KEY has sealed is older. */
const LOOKED = 20

/** What the service has stored, as far as checks need it. Secrets are opened and dropped. */
export async function readStored(em: Em, vault: Vault | undefined): Promise<StoredFacts> {
  const regions = await em.execute<{ name: string }[]>('select name from region order by name')
  const [email] = await em.execute<{ channels: number }[]>(
    `select count(*)::int as channels from channel where type = 'email' and disabled_at is null`,
  )
  const sealed = await em.execute<{ id: string; sealed_target: string }[]>(
    'select id, sealed_target from channel order by created_at desc limit ?',
    [LOOKED],
  )
  return {
    regions: regions.map(({ name }) => name),
    emailChannels: email?.channels ?? 0,
    ...(vault && { sealed: { looked: sealed.length, opened: sealed.filter(opens(vault)).length } }),
  }
}

const opens = (vault: Vault) => (row: { id: string; sealed_target: string }) => {
  try {
    vault.open(row.sealed_target, sealContext(row.id, 'target'))
    return true
  } catch {
    return false
  }
}
