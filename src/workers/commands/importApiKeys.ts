import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../../domain/accounts/Account.ts'
import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit, auditEach } from '../../domain/audit/audit.ts'
import { type Command, CommandSchema } from '../../domain/commands/Command.ts'
import { commands } from '../../domain/commands/catalogue.ts'
import { keyFacts } from '../../domain/events/eventData.ts'
import { recordEvents } from '../../domain/events/recordEvent.ts'
import { noPlaceYet, notImportable, requireImportsAllowed } from '../../domain/imports/decideImport.ts'
import { announceForm, msUntilKnown, requireFormPlace } from '../../domain/imports/formStore.ts'
import { type ImportedKey, insertImported, planImport } from '../../domain/imports/importStore.ts'
import { outcomeOf } from '../../domain/imports/outcome.ts'
import { splitHeld } from '../../domain/imports/splitHeld.ts'
import type { JobData } from '../../domain/jobs.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import type { Handler } from '../context.ts'
import { Postponed } from '../Postponed.ts'
import { commandJob } from './commandJob.ts'

/** So that a statement is a short turn of the event loop, in which revocations run, too. */
const RECORDED_AT_ONCE = 100

/** Records keys that were imported in the audit log and as events. */
async function recordImported(em: SqlEntityManager, command: Command, keys: ImportedKey[], now: Date) {
  const entries = keys.map(({ id, name, type, line }) => ({ targetId: id, details: { name, type, line } }))
  await auditEach(em, command, { at: now, action: 'api-key.imported' }, entries)
  const created = keys.map((key) => ({ subject: key.id, data: { apiKey: keyFacts(key, now) } }))
  await recordEvents(em, command, { type: 'api_key.created', at: now }, created)
}

/**
 * The account's lock makes whatever counts against the plan run one after another; a digest is there once, so a
 * second run finds it.
 */
const applyImport = commandJob('import-api-keys', async ({ em, command, payload, now }) => {
  const { records, form, ...file } = payload
  const account = await lockAccount(em, command.accountId)
  if (command.actor.type !== 'operator') requireImportsAllowed(account)
  const { held, errors: beyond } = splitHeld(records, await loadHolder(em, command))
  const planned = await planImport(em, account, held, now)
  // What became possible since it was decided whether to announce the form waits for the next import.
  const isKnown = planned.take.length === 0 || (await msUntilKnown(em, account.id, form)) === 0
  if (!isKnown) await requireFormPlace(em, account.id, form)
  const take = isKnown ? planned.take : []
  const refused = isKnown ? [] : planned.take.map(noPlaceYet)
  const keys = await insertImported(em, { accountId: account.id, createdBy: command.actor.id, now }, take)
  const digests = new Set(keys.map(({ digest }) => digest))
  const lost = take.filter(({ digest }) => !digests.has(digest)).map(({ line }) => notImportable(line))
  for (let from = 0; from < keys.length; from += RECORDED_AT_ONCE)
    await recordImported(em, command, keys.slice(from, from + RECORDED_AT_ONCE), now)
  const outcome = outcomeOf(file, {
    dryRun: false,
    imported: keys.length,
    unchanged: planned.unchanged,
    errors: [...beyond, ...planned.errors, ...refused, ...lost],
    keys: keys.map(({ line, id }) => ({ line, id })),
  })
  const { total, imported, unchanged, failed } = outcome
  if (imported > 0) {
    const details = { total, imported, unchanged, failed }
    audit(em, command, { at: now, action: 'api-keys.imported', targetId: command.id, details })
  }
  return { result: outcome, keyIds: keys.map(({ id }) => id) }
})

/**
 * Imports keys once every verifier looks for values of their form, so that they are usable as soon as their import
 * has answered. The first import of a form comes back for that a second later, and holds no place meanwhile. Safe to
 * run twice: to announce again changes nothing.
 */
export const importApiKeys: Handler<JobData<'import-api-keys'>> = async (context, data) => {
  const waitMs = await announce(context.orm.em.fork(), data.commandId, context.now())
  if (waitMs > 0) throw new Postponed(waitMs)
  await applyImport(context, data)
}

/**
 * Returns how many ms the import has to wait. An import of nothing announces nothing: verifiers continue to refuse such
 * values without a look-up.
 */
async function announce(em: SqlEntityManager, commandId: string, now: Date): Promise<number> {
  const command = await em.findOne(CommandSchema, { id: commandId, status: 'pending' })
  const account = command?.accountId && (await em.findOne(AccountSchema, { id: command.accountId }))
  if (!command || !account) return 0
  const payload = commands['import-api-keys'].payload.safeParse(command.payload)
  // The command itself fails by that, and is given up in the end.
  if (!payload.success) return 0
  const { records, form } = payload.data
  const { held } = splitHeld(records, await loadHolder(em, command))
  const { take } = await planImport(em, account, held, now)
  if (take.length === 0) return 0
  await announceForm(em, account.id, form)
  return (await msUntilKnown(em, account.id, form)) ?? 0
}
