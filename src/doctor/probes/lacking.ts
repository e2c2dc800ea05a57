import type { JournalHead } from '../../domain/journal/JournalEntry.ts'
import { holdsEntry } from '../../domain/journal/journalStore.ts'
import { withPostgres } from './postgres.ts'
import { probe } from './probe.ts'

/** The regions whose last entry of the journal this database lacks; undefined where it does not say. */
export async function probeLacking(
  databaseUrl: string,
  heads: { region: string; head: JournalHead }[],
): Promise<string[] | undefined> {
  const ask = () =>
    withPostgres(databaseUrl, {}, async (em) => {
      const lacking: string[] = []
      for (const { region, head } of heads) if (!(await holdsEntry(em, head))) lacking.push(region)
      return lacking
    })
  const probed = await probe(ask)
  return probed.ok ? probed.value : undefined
}
