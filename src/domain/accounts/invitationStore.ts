import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { Failure } from '../failure.ts'
import type { OutboxMessage } from '../jobs.ts'
import { pgArray } from '../sql.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import type { Member } from './Member.ts'
import { MemberResource } from './presentMember.ts'

const INVITATION_MS = 7 * DAY_MS

/** Invitations that go out by email: of one account, and of one account to one address. */
const PER_HOUR = 60
const PER_ADDRESS_AND_DAY = 3

/** `digest`: of a link that the command line shows; an emailed one is made when it is sent. */
export type InvitationInput = {
  targetHash: string
  otherHashes?: string[]
  emailed: boolean
  digest?: string | null
}

/** What whoever invites is shown. */
const InvitationResource = z.object({
  expiresAt: z.string(),
  emailed: z.boolean().describe('false: this service sends no email; its operator can show the link'),
})

/** A member with the invitation that was just made. */
export const InvitedMember = MemberResource.extend({ invitation: InvitationResource.optional() }).meta({
  id: 'InvitedMember',
})

/**
 * Invites a member, in the place of a former invitation: its link ends. In the transaction of the change, with the
 * account locked; `follow` is for its outbox. Throws `rate-limit-exceeded` by what this account alone has sent.
 */
export async function invite(
  em: SqlEntityManager,
  member: Pick<Member, 'id' | 'accountId'>,
  { targetHash, otherHashes = [], emailed, digest = null }: InvitationInput,
  now: Date,
): Promise<{ invitation: z.infer<typeof InvitationResource>; follow: OutboxMessage[] }> {
  const endsAt = new Date(now.getTime() + INVITATION_MS)
  if (emailed) await takeFromBudget(em, member.accountId, [targetHash, ...otherHashes], now)
  await em.execute(
    `insert into invitation (member_id, digest, target_hash, emailed, ends_at) values (?, ?, ?, ?, ?)
     on conflict (member_id) do update set digest = excluded.digest, target_hash = excluded.target_hash,
       emailed = excluded.emailed, ends_at = excluded.ends_at, leased_until = null, sent_at = null`,
    [member.id, digest, targetHash, emailed, endsAt],
  )
  return {
    invitation: { expiresAt: endsAt.toISOString(), emailed },
    follow: emailed ? [{ kind: 'job', name: 'send-invitation', data: { memberId: member.id } }] : [],
  }
}

async function takeFromBudget(
  em: SqlEntityManager,
  accountId: string,
  targetHashes: [string, ...string[]],
  now: Date,
): Promise<void> {
  const [row] = await em.execute<{ of_account: number; of_address: number }[]>(
    `select count(*) filter (where at > ?)::int as of_account,
       count(*) filter (where target_hash = any(?::text[]))::int as of_address
     from invitation_email where account_id = ? and at > ?`,
    [new Date(now.getTime() - HOUR_MS), pgArray(targetHashes), accountId, new Date(now.getTime() - DAY_MS)],
  )
  if ((row?.of_account ?? 0) >= PER_HOUR)
    throw tooMany(`An account sends at most ${PER_HOUR} invitations an hour.`)
  if ((row?.of_address ?? 0) >= PER_ADDRESS_AND_DAY)
    throw tooMany(`An account sends at most ${PER_ADDRESS_AND_DAY} invitations a day to one address.`)
  await em.execute('insert into invitation_email (account_id, target_hash, at) values (?, ?, ?)', [
    accountId,
    targetHashes[0],
    now,
  ])
}

const tooMany = (detail: string) => new Failure('rate-limit-exceeded', { detail, retryAfter: 600 })

export async function endInvitation(em: SqlEntityManager, memberId: string): Promise<void> {
  await em.execute('delete from invitation where member_id = ?', [memberId])
}
