import { appendFile } from 'node:fs/promises'
import { randomBase62 } from '../../src/domain/base62.ts'
import { digestOf, generateSecret } from '../../src/domain/keys/keyFormat.ts'
import type { LoadedState } from '../../src/domain/keys/keyState.ts'
import { PRIMARY } from '../../src/domain/regions.ts'
import { Region } from '../../src/region/Region.ts'

const AT_ONCE = 1_000
const AT_ONCE_UNDER_WAY = 8
const KEYS_AN_ACCOUNT = 1_000

/**
 * Puts states of more keys into a region, as if verifiers had asked for them: copies of that of `value`, in accounts of
 * a thousand. Their values are added to a file, one a line.
 */
export async function fillRegion(
  redisUrl: string,
  value: string,
  count: number,
  file: string,
): Promise<void> {
  const region = new Region({ name: PRIMARY, url: redisUrl, kind: 'primary' }, { warn: () => {} })
  try {
    await region.ready(10_000)
    const [template] = await region.getStates([digestOf(value)])
    if (!template) throw new Error('The region does not have the first key.')
    const before = await region.beforeFill()
    const now = new Date().toISOString()
    const seed = {
      day: now.slice(0, 10),
      requests: 0,
      renders: 0,
      month: now.slice(0, 10),
      accountRenders: 0,
    }
    let accountId = template.account.accountId
    let made = 0
    const putSome = async () => {
      const states: LoadedState[] = []
      let values = ''
      for (; states.length < AT_ONCE && made < count; made++) {
        if (made % KEYS_AN_ACCOUNT === 0) accountId = `acct_${randomBase62(16)}`
        const secret = generateSecret('pk', 'live')
        const key = { ...template.key, keyId: `key_${randomBase62(16)}`, digest: secret.digest, accountId }
        states.push({ key, account: { ...template.account, accountId }, seed })
        values += `${secret.value}\n`
      }
      if (!(await region.putStates(states, before))) throw new Error('The region began a new epoch.')
      await appendFile(file, values, { mode: 0o600 })
    }
    const lane = async () => {
      while (made < count) await putSome()
    }
    await Promise.all(Array.from({ length: AT_ONCE_UNDER_WAY }, lane))
  } finally {
    await region.close()
  }
}
