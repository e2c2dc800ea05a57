import { z } from 'zod'
import { AccountSchema } from '../../domain/accounts/Account.ts'
import { ImportLine } from '../../domain/imports/importRecord.ts'
import { planImport } from '../../domain/imports/importStore.ts'
import { ImportOutcome, outcomeOf } from '../../domain/imports/outcome.ts'
import { readImport } from '../../domain/imports/readImport.ts'
import { readWhole } from '../../domain/imports/readWhole.ts'
import { splitHeld } from '../../domain/imports/splitHeld.ts'
import { route } from '../guard.ts'
import { respondToCommand } from '../respondToCommand.ts'
import { Accepted } from '../schemas.ts'

export const importKeys = route(
  {
    method: 'post',
    path: '/api-keys/import',
    summary: 'Import keys by their SHA-256, from JSON lines or CSV. Again, it goes on where it stopped.',
    tag: 'API keys',
    auth: { permission: 'keys:manage' },
    query: z.strictObject({
      dryRun: z.enum(['true', 'false']).default('false').describe('`true`: only says what would come of it'),
    }),
    file: {
      'application/x-ndjson': ImportLine.describe('One per line'),
      'text/csv': z.string().describe('With a first line of columns, named as the fields of a JSON line'),
    },
    responses: { 200: ImportOutcome, 202: Accepted },
    problems: ['idempotency-conflict', 'idempotency-in-flight'],
  },
  async (input) => {
    const {
      api,
      principal,
      query,
      file: { type, text },
    } = input
    const now = api.now()
    const { records, ...file } = await readWhole(
      readImport([text], type === 'text/csv' ? 'csv' : 'jsonl', now),
    )
    if (query.dryRun === 'true') {
      const em = api.em()
      const account = await em.findOneOrFail(AccountSchema, { id: principal.accountId })
      const { held, errors: beyond } = splitHeld(records, principal.holds)
      const { take, unchanged, errors } = await planImport(em, account, held, now)
      const all = [...beyond, ...errors]
      const decided = { dryRun: true, imported: take.length, unchanged, errors: all, keys: [] }
      return { status: 200, body: outcomeOf(file, decided) }
    }
    return respondToCommand(input, {
      prepare: async () => ({ kind: 'import-api-keys', targetId: null, payload: { records, ...file } }),
      present: (result) => ({ status: 200, body: result }),
    })
  },
)
