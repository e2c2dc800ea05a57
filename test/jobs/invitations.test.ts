import { afterAll, beforeAll, expect, it } from 'vitest'
import { digestOf } from '../../src/domain/keys/keyFormat.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { readable } from '../support/receivers.ts'
import { startDeliveries } from '../support/startDeliveries.ts'

let of: Awaited<ReturnType<typeof startDeliveries>>
beforeAll(async () => {
  of = await startDeliveries()
})
afterAll(() => of.stop())

const rows = (sql: string, values: unknown[] = []) =>
  of.worker.em().execute<Record<string, unknown>[]>(sql, values)
const send = (memberId: string) => handlers['send-invitation'](of.worker.context, { memberId })
const mailsTo = (email: string) => of.smtp.mails.filter(({ to }) => to.includes(email)).map(readable)
const tokenOf = (mail = '') => /invitations#([0-9A-Za-z]{40})/.exec(mail)?.[1] ?? ''

let members = 0
async function invited(): Promise<{ id: string; email: string }> {
  const id = `mem_invited_${++members}`
  const email = `${id}@example.org`
  await rows(
    `insert into member (id, account_id, email, role, password_hash, created_at, status)
     values (?, 'acct_1', ?, 'viewer', 'x', now(), 'invited')`,
    [id, email],
  )
  await rows(`insert into invitation (member_id, target_hash, emailed, ends_at) values (?, ?, true, ?)`, [
    id,
    id,
    new Date(of.worker.clock.now.getTime() + 86_400_000),
  ])
  await rows('insert into invitation_email (account_id, target_hash, at) values (?, ?, ?)', [
    'acct_1',
    id,
    of.worker.clock.now,
  ])
  return { id, email }
}

it('promise 9: an invitation is sent once, however often its job runs; its row has the digest of that link', async () => {
  await rows(`update account set name = 'Win at evil.example'`)
  const { id, email } = await invited()
  // Of two at once one finds that the other is at it, and is tried again.
  const outcomes = await Promise.allSettled([send(id), send(id)])
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
  await send(id)
  const mails = mailsTo(email)
  expect(mails).toHaveLength(1)
  const [row] = await rows('select digest, sent_at, leased_until from invitation where member_id = ?', [id])
  expect(row).toMatchObject({ digest: digestOf(tokenOf(mails[0])), leased_until: null })
  expect(row?.sent_at).not.toBeNull()
  // No text of the account's is in it: nobody has asked for it yet.
  expect(mails[0]).not.toContain('evil.example')
})

it('an SMTP server that is away is tried again; the link that arrives is the one that works', async () => {
  const { id, email } = await invited()
  const { notifiers } = of.worker.context
  const away = { ...notifiers, mailer: { send: async () => ({ outcome: 'unreachable' as const }) } }
  const context = { ...of.worker.context, notifiers: away }
  await expect(handlers['send-invitation'](context, { memberId: id })).rejects.toThrow('was not sent')
  await send(id)
  const [row] = await rows('select digest from invitation where member_id = ?', [id])
  expect(mailsTo(email).map((mail) => digestOf(tokenOf(mail)))).toEqual([row?.digest])
})

it('a worker that died in between is waited for, no longer than its lease', async () => {
  const { id, email } = await invited()
  const { now } = of.worker.clock
  await rows('update invitation set leased_until = ? where member_id = ?', [
    new Date(now.getTime() + 45_000),
    id,
  ])
  await expect(send(id)).rejects.toThrow('another worker')
  of.pass(46_000)
  await send(id)
  expect(mailsTo(email)).toHaveLength(1)
})

it.each([
  ['that was accepted', `update member set status = 'active' where id = ?`],
  ['that has ended', `update invitation set ends_at = '2020-01-01' where member_id = ?`],
  ['whose link the command line has shown', 'update invitation set emailed = false where member_id = ?'],
  ['of a member who was removed', 'delete from member where id = ?'],
])('one %s is not sent', async (_what, change) => {
  const { id, email } = await invited()
  await rows(change, [id])
  await send(id)
  expect(mailsTo(email)).toEqual([])
})

it('promise 12: an address gets twenty a day of all accounts together, and again the day after', async () => {
  const { id, email } = await invited()
  await rows(
    `insert into invitation_email (account_id, target_hash, at, sent_at)
     select 'acct_other', ?, ?, ? from generate_series(1, 20)`,
    [id, of.worker.clock.now, of.worker.clock.now],
  )
  await send(id)
  expect(mailsTo(email)).toEqual([])
  of.pass(86_401_000)
  await rows('update invitation set ends_at = ? where member_id = ?', [
    new Date(of.worker.clock.now.getTime() + 1_000),
    id,
  ])
  await send(id)
  expect(mailsTo(email)).toHaveLength(1)
})
