import type { SqlEntityManager } from '@mikro-orm/postgresql'

const AT_ONCE = 1_000

/**
 * Replaces the email of a removed member by their ID in all records of the account. Call it in the
 * removal.
 */
export async function pseudonymise(em: SqlEntityManager, memberId: string): Promise<void> {
  await em.execute(
    `update audit_entry set details = jsonb_set(details, '{email}', to_jsonb(target_id))
     where target_id = ? and (details ->> 'email') is not null`,
    [memberId],
  )
  await em.execute(
    `update command set result = jsonb_set(result, '{email}', result -> 'id')
     where result ->> 'id' = ? and kind in ('add-member', 'invite-member', 'renew-invitation', 'update-member') and (result ->> 'email') is not null`,
    [memberId],
  )
}

/** The same of members who were removed by an earlier release, bit by bit. */
export async function pseudonymiseRemoved(em: SqlEntityManager): Promise<void> {
  for (let found = AT_ONCE; found === AT_ONCE; ) {
    const rows = await em.execute<{ id: string }[]>(
      `select distinct target_id as id from audit_entry
       where (details ->> 'email') is not null and details ->> 'email' <> target_id
         and not exists (select from member where member.id = target_id)
       limit ?`,
      [AT_ONCE],
    )
    for (const { id } of rows) await pseudonymise(em, id)
    found = rows.length
  }
}
