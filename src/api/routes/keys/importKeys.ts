import { z } from 'zod'
import { AccountSchema } from '../../../domain/accounts/Account.ts'
import { requireImportsAllowed } from '../../../domain/imports/decideImport.ts'
import { Form } from '../../../domain/imports/Form.ts'
import { ImportLine } from '../../../domain/imports/importRecord.ts'
import { findUnfinishedImport, planImport } from '../../../domain/imports/importStore.ts'
import { ImportOutcome, outcomeOf } from '../../../domain/imports/outcome.ts'
import type { ImportFile } from '../../../domain/imports/readWhole.ts'
import { splitHeld } from '../../../domain/imports/splitHeld.ts'
import { MAX_VALUE } from '../../../domain/keys/keyFormat.ts'
import { BULK } from '../../CallLimits.ts'
import type { ApiContext, Principal } from '../../context.ts'
import { route } from '../../guard.ts'
import { importInProgress, MAX_IMPORT_BYTES } from '../../imports/ImportReader.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, whole } from '../../schemas.ts'

export const importApiKeys = route(
  {
    method: 'post',
    path: '/api-keys/import',
    operation: 'importApiKeys',
    summary: 'Import keys by their SHA-256',
    description: 'The file has JSON lines or CSV. An import that is sent again continues where it stopped.',
    tag: 'API keys',
    auth: { permission: 'keys:manage' },
    query: z.strictObject({
      dryRun: z
        .enum(['true', 'false'])
        .default('false')
        .describe('`true`: returns what an import would do, and changes nothing'),
      prefix: Form.shape.prefix
        .min(1)
        .optional()
        .describe('The prefix of every key in the file, such as `sk_old_`'),
      length: whole(0, MAX_VALUE, 0).describe(
        'The length of every key in the file, in characters. 0: lengths differ',
      ),
    }),
    file: {
      'application/x-ndjson': ImportLine.describe('One per line'),
      'text/csv': z.string().describe('The first line names the columns, like the fields of a JSON line'),
    },
    fileBytes: MAX_IMPORT_BYTES,
    responses: { 200: ImportOutcome, 202: Accepted },
    problems: ['imports-not-allowed', 'import-in-progress', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  async (input) => {
    const { api, principal, query } = input
    return api.imports.alone(principal.accountId, () =>
      query.dryRun === 'true'
        ? dryRun(input)
        : respondToCommand(input, {
            prepare: async () => ({
              kind: 'import-api-keys' as const,
              targetId: null,
              payload: {
                ...(await readFile(input)),
                form: { prefix: query.prefix ?? '', length: query.length },
              },
            }),
            present: (result) => ({ status: 200, body: result }),
          }),
    )
  },
)

type Input = { api: ApiContext; principal: Principal; file: { type: string; text: string } }

/** The account's imports run one at a time, whichever process has taken the one before. */
async function readFile({ api, principal, file: { type, text } }: Input): Promise<ImportFile> {
  requireImportsAllowed(await api.em().findOneOrFail(AccountSchema, { id: principal.accountId }))
  const unfinished = await findUnfinishedImport(api.em(), principal.accountId)
  if (unfinished !== undefined) throw importInProgress(unfinished)
  const read = await api.imports.read(text, type === 'text/csv' ? 'csv' : 'jsonl', api.now())
  await api.callLimits.owe(principal, 'bulk', read.records.length / BULK.keys)
  return read
}

async function dryRun(input: Input) {
  const { api, principal } = input
  const { records, ...file } = await readFile(input)
  const em = api.em()
  const account = await em.findOneOrFail(AccountSchema, { id: principal.accountId })
  const { held, errors: beyond } = splitHeld(records, principal.holds)
  const { take, unchanged, errors } = await planImport(em, account, held, api.now())
  const all = [...beyond, ...errors]
  const decided = { dryRun: true, imported: take.length, unchanged, errors: all, keys: [] }
  return { status: 200, body: outcomeOf(file, decided) }
}
