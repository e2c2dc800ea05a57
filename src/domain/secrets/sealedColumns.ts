/** The number of the key of a value, in SQL: `keyNumberOf` in `platform/secretsKeys.ts` is the same. */
export const keyOf = (value: string): string =>
  `coalesce(substring(${value} from '^([1-9][0-9]{0,3})[.]')::int, 1)`

/**
 * Where values are that depend on a secrets key. `what`: as `bin/keys secrets status` names it. `values`: the SQL that
 * selects them, as text, as long as anybody reads them. `resealed`: the job seals them again under the current key
 * (`resealRows.ts`); the others end by themselves. A test compares this list with what the service writes and with the
 * names of all columns.
 */
export type SealedColumn = { column: string; what: string; resealed: boolean; values: string }

const DAY_AGO = `now() - interval '1 day'`

const withIdempotencyKey = `from command where idempotency_hash is not null and created_at > ${DAY_AGO}`

const payload = (field: string) =>
  `select jsonb_path_query(payload, 'strict $.**.${field}') #>> '{}' as value from command where status = 'pending'`

export const SEALED_COLUMNS: SealedColumn[] = [
  {
    column: 'channel.sealed_target',
    what: 'channels',
    resealed: true,
    values: 'select sealed_target as value from channel',
  },
  {
    column: 'channel.sealed_secrets',
    what: 'signing-secrets',
    resealed: true,
    values: `select secret ->> 'sealed' as value from channel, jsonb_array_elements(sealed_secrets::jsonb) secret
      where sealed_secrets is not null`,
  },
  {
    column: 'notification.body',
    what: 'confirmation-links',
    resealed: true,
    values: `select body -> 'data' ->> 'sealedLink' as value from notification where type = 'channel.verify'`,
  },
  {
    column: 'command.payload',
    what: 'unfinished-commands',
    resealed: false,
    values: ['sealedTarget', 'sealedSecret', 'sealed'].map(payload).join(' union all '),
  },
  {
    column: 'command.sealed_secret',
    what: 'repeatable-responses',
    resealed: false,
    values: `select sealed_secret as value ${withIdempotencyKey}`,
  },
  {
    column: 'command.idempotency_hash',
    what: 'idempotency-keys',
    resealed: false,
    values: `select idempotency_hash as value ${withIdempotencyKey}`,
  },
  {
    column: 'command.request_hash',
    what: 'idempotent-requests',
    resealed: false,
    values: `select request_hash as value ${withIdempotencyKey}`,
  },
  {
    column: 'notification.target_hash',
    what: 'unconfirmed-addresses',
    resealed: false,
    values: `select target_hash as value from notification
      where target_hash is not null and (finished_at is null or finished_at > ${DAY_AGO})`,
  },
  {
    column: 'invitation.target_hash',
    what: 'unsent-invitations',
    resealed: false,
    values:
      'select target_hash as value from invitation where emailed and sent_at is null and ends_at > now()',
  },
  {
    column: 'invitation_email.target_hash',
    what: 'invited-addresses',
    resealed: false,
    values: `select target_hash as value from invitation_email where at > ${DAY_AGO}`,
  },
]
