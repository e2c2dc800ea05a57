import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBase62 } from '../../src/domain/base62.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import type { Keys } from '../createKeys.ts'
import type { Service } from '../startService.ts'

const AT_ONCE = 5_000

/** Files of `keyId value` lines, by how many keys they hold. */
export type KeyFiles = Map<number, string>

/**
 * Writes a file for each of the counts. Keys beyond those of `keys` are copies of the first one's row with other IDs
 * and digests: so many creates would take longer than the measurement.
 */
export async function writeKeyFiles(service: Service, keys: Keys, counts: number[]): Promise<KeyFiles> {
  const all = keys.ids.map((id, index) => ({ id, value: keys.values[index] ?? '' }))
  while (all.length < Math.max(...counts)) {
    const size = Math.min(AT_ONCE, Math.max(...counts) - all.length)
    const fresh = Array.from({ length: size }, () => ({
      id: `key_${randomBase62(16)}`,
      secret: generateSecret('pk', 'live'),
    }))
    const rows = fresh.map(({ id, secret: { digest, hint } }) => ({ id, digest, hint }))
    await service.query(
      `insert into api_key
       select (jsonb_populate_record(template, fresh)).*
       from api_key template, jsonb_array_elements(?::jsonb) fresh where template.id = ?`,
      [JSON.stringify(rows), keys.ids[0]],
    )
    all.push(...fresh.map(({ id, secret }) => ({ id, value: secret.value })))
  }
  const files: KeyFiles = new Map()
  for (const count of counts) {
    const file = join(service.folder, `keys-${count}.txt`)
    const lines = all.slice(0, count).map(({ id, value }) => `${id} ${value}\n`)
    await writeFile(file, lines.join(''), { mode: 0o600 })
    files.set(count, file)
  }
  return files
}
