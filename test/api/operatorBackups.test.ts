import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const operator = { headers: { Authorization: `Basic ${btoa('operator:operator-password')}` } }
const anonymous = () => service.server.as(undefined)

it('/admin shows the newest backup, and what came of restoring one', async () => {
  const backups = async () => {
    const { body } = await anonymous().get('/admin', operator)
    const [, section = ''] = String(body).split('<h2>Backups</h2>')
    const text = section
      .replace(/<[^>]+>/g, '')
      .split('\n')
      .slice(1, 3)
      .join(' ')
    return [text, /class="bad"/.test(section)]
  }
  expect(await backups()).toEqual([expect.stringContaining('None were made.'), false])
  const insert = (values: string) =>
    runSql(
      service.databaseUrl,
      `insert into backup (id, started_at, finished_at, host, bytes, failure, checked_at, check_failure) values (${values})`,
    )
  await insert(`'keys-1', now() - interval '3 days', now(), 'db-1', 1234567, null, now(), null`)
  expect(await backups()).toEqual([
    expect.stringMatching(/keys-1, 1,234,567 bytes, on db-1, late.*keys-1, equal/),
    true,
  ])
  await insert(`'keys-2', now(), now(), 'db-1', 1, null, null, null`)
  expect(await backups()).toEqual([expect.stringMatching(/keys-2, 1 bytes.*keys-1, equal/), false])
  await insert(`'keys-3', now(), now(), 'db-1', null, 'pg_dump <failed>', now(), 'a differs'`)
  expect(await backups()).toEqual([
    expect.stringMatching(/keys-2.*The last attempt failed: pg_dump &lt;failed&gt;.*keys-3. a differs/),
    true,
  ])
  const { body } = await anonymous().get('/metrics', operator)
  for (const name of ['success', 'restore'])
    expect(body).toMatch(new RegExp(`^keys_backup_last_${name}_timestamp_seconds 1\\d{9}`, 'm'))
  expect(body).toMatch(/^keys_secrets_under_other_keys 0$/m)
})
