import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { DAY_MS } from '../time.ts'

/** Longer than an attempt may take: after it, whoever had leased the email is dead. */
const LEASE_MS = 45_000

/** Emailed invitations to one address in a day, of all accounts together. Whoever invites does not learn of it. */
const PER_ADDRESS = 20
/** Any number that no other lock has. */
const LOCK = 7

export type InvitationEmail = { to: string; accountId: string; targetHash: string }

/**
 * Claims an invitation's email for one attempt and stores the digest of the link that it is to carry. Undefined where
 * there is nothing to send: it was sent, accepted or replaced, or the address has got enough. Throws while another
 * worker is at it. `hashesOf` are the keyed hashes under which emails to an address are stored.
 */
export async function claimInvitation(
  em: SqlEntityManager,
  memberId: string,
  digest: string,
  hashesOf: (email: string) => string[],
  now: Date,
): Promise<InvitationEmail | undefined> {
  const [row] = await em.execute<
    { to: string; accountId: string; targetHash: string; leasedUntil: Date | string | null }[]
  >(
    `select m.email as to, m.account_id as "accountId", i.target_hash as "targetHash", i.leased_until as "leasedUntil"
     from invitation i join member m on m.id = i.member_id
     where i.member_id = ? and i.emailed and i.sent_at is null and i.ends_at > ? and m.status = 'invited'
     for update of i`,
    [memberId, now],
  )
  if (!row) return undefined
  if (row.leasedUntil && new Date(row.leasedUntil) > now) throw new Error('another worker sends it')
  const hashes = [...new Set([row.targetHash, ...hashesOf(row.to.toLowerCase())])]
  for (const hash of hashes.toSorted())
    await em.execute('select pg_advisory_xact_lock(hashtextextended(?, ?))', [hash, LOCK])
  const [sent] = await em.execute<{ n: number }[]>(
    'select count(*)::int as n from invitation_email where target_hash = any(?::text[]) and sent_at > ?',
    [pgArray(hashes), new Date(now.getTime() - DAY_MS)],
  )
  if ((sent?.n ?? 0) >= PER_ADDRESS) return undefined
  await em.execute('update invitation set digest = ?, leased_until = ? where member_id = ?', [
    digest,
    new Date(now.getTime() + LEASE_MS),
    memberId,
  ])
  return { to: row.to, accountId: row.accountId, targetHash: row.targetHash }
}

/** Writes what came of an attempt, unless a newer invitation has taken the place of the one that it was for. */
export async function recordInvitation(
  em: SqlEntityManager,
  digest: string,
  { accountId, targetHash }: InvitationEmail,
  { isSent, now }: { isSent: boolean; now: Date },
): Promise<void> {
  await em.execute('update invitation set leased_until = null, sent_at = ? where digest = ?', [
    isSent ? now : null,
    digest,
  ])
  if (!isSent) return
  await em.execute(
    `update invitation_email set sent_at = ? where id = (
       select id from invitation_email where account_id = ? and target_hash = ? and sent_at is null order by id limit 1)`,
    [now, accountId, targetHash],
  )
}
