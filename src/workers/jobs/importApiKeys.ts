import { setTimeout as sleep } from 'node:timers/promises'
import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { notImportable } from '../../domain/imports/decideImport.ts'
import { hasImportedKeys, insertImported, planImport } from '../../domain/imports/importStore.ts'
import { outcomeOf } from '../../domain/imports/outcome.ts'
import { splitHeld } from '../../domain/imports/splitHeld.ts'
import { FORMS_REMEMBERED_MS } from '../../domain/keys/keyFormat.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { commandJob } from '../commandJob.ts'
import type { Handler } from '../context.ts'

/** The account's lock makes whatever counts against the plan run one after another; a digest is there once, so a second run finds it. */
const applyImport = commandJob('import-api-keys', async ({ em, command, payload, now }) => {
  const { records, ...file } = payload
  const account = await lockAccount(em, command.accountId)
  const { held, errors: beyond } = splitHeld(records, await loadHolder(em, command))
  const { take, unchanged, errors } = await planImport(em, account, held, now)
  const ids = await insertImported(em, { accountId: account.id, createdBy: command.actor.id, now }, take)

  const keys = take
    .flatMap(({ line, digest }) => ({ line, id: ids.get(digest) ?? '' }))
    .filter(({ id }) => id !== '')
  const lost = take.filter(({ digest }) => !ids.has(digest)).map(({ line }) => notImportable(line))
  for (const { digest, name, type, line } of take) {
    const targetId = ids.get(digest)
    if (targetId !== undefined)
      audit(em, command, { at: now, action: 'api-key.imported', targetId, details: { name, type, line } })
  }
  const dryRun = false
  const outcome = outcomeOf(file, {
    dryRun,
    imported: keys.length,
    unchanged,
    errors: [...beyond, ...errors, ...lost],
    keys,
  })
  const { total, imported, failed } = outcome
  if (imported > 0) {
    const details = { total, imported, unchanged, failed }
    audit(em, command, { at: now, action: 'api-keys.imported', targetId: command.id, details })
  }
  return { result: outcome, keyIds: keys.map(({ id }) => id) }
})

/**
 * Before the first import of all, waits until every verifier has looked again whether values of other forms may be keys:
 * they see this command's row. So imported keys are usable as soon as their import has answered.
 */
export const importApiKeys: Handler<{ commandId: string }> = async (context, data) => {
  if (!(await hasImportedKeys(context.orm.em.fork()))) await sleep(FORMS_REMEMBERED_MS * 1.2)
  await applyImport(context, data)
}
