import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Effects, readEffects, STOPS } from '../../src/platform/migrationEffects.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { openSql } from '../setup/runSql.ts'
import { freshDatabase } from '../setup/services.ts'
import { observe } from './observe.ts'
import { readScripts, type Script } from './scripts.ts'
import { squawk } from './squawk.ts'

/** Migrations that break a rule, and why that was well. A new one needs a reason as good. */
const LISTED: Record<string, Record<string, string>> = {
  Migration20261127010000_region_epochs: {
    'require-lock-timeout': 'Nothing holds the table region for long.',
  },
  Migration20261127040000_imports: {
    'blocks-while-it-reads':
      'Looks for imported keys once; changes of keys wait that long, verifications do not.',
  },
  Migration20261127070000_metering: { 'blocks-while-it-reads': 'Asks whether there is one service token.' },
  Migration20261128020000_persons: {
    'adding-foreign-key-constraint': 'The column is new and empty.',
    'blocks-while-it-reads': 'Checks the new column of members, of whom there are few.',
  },
  Migration20261129050000_sessionLinks: {
    'require-lock-timeout': 'Stops changes of accounts, which are rare.',
  },
  Migration20261129090000_eventPushes: {
    'ban-drop-not-null': 'Old processes see no row without an account.',
  },
  Migration20261201010000_layout: {
    'ban-drop-column': 'Postgres made its values, and no process reads it.',
    'drops-default': 'The same.',
    'blocks-while-it-reads': 'Asks whether there is one account, before it locks anything.',
  },
}
/** Until here there was no release that could be upgraded. */
const FIRST_RELEASE = 'Migration20261123040000_deliveries'

/** What Postgres showed of a script, against the rules of migrations/README.md. */
function faultsOf(
  { statements }: Script,
  { transactional, locks = {}, reads = [], rewrites = [], defaultsDropped = [], keysChanged = [] }: Effects,
): string[] {
  if (!transactional) return []
  const faults: string[] = []
  for (const [table, mode] of Object.entries(locks)) {
    const slow = [...reads, ...rewrites]
    if (STOPS[mode] && !/\bset (local )?lock_timeout\b/i.test(statements.join(';')))
      faults.push(`require-lock-timeout: stops ${STOPS[mode]} of ${table}, and others behind it`)
    if (STOPS[mode] && slow.length > 0)
      faults.push(`blocks-while-it-reads: stops ${STOPS[mode]} of ${table} while it reads ${slow}`)
    // Whoever raises the oldest release writes there.
    else if (mode === 'RowExclusiveLock' && table !== 'schema_version')
      faults.push(`rows-in-transaction: changes rows of ${table} and keeps them locked; use backfill`)
  }
  return [
    ...faults,
    ...rewrites.map((table) => `rewrites-table: writes ${table} again`),
    ...defaultsDropped.map((column) => `drops-default: old processes leave ${column} out`),
    ...keysChanged.map((table) => `changes-primary-key: old processes upsert ${table} by its key`),
  ]
}

const ruleOf = (fault: string) => fault.slice(0, fault.indexOf(':'))

describe('a migration lets the release before go on working', () => {
  const later = (name: string) => name > FIRST_RELEASE
  it('all ours keep the rules, or are listed with the reason', async () => {
    const scripts = (await readScripts()).filter(({ name }) => later(name))
    const effects = readEffects()
    const found = await squawk(scripts)
    const faults: Record<string, string[]> = {}
    for (const script of scripts) {
      const { name } = script
      const one = [...(found.get(name) ?? []), ...faultsOf(script, effects[name] ?? { transactional: true })]
      const rules = [...new Set(one.map(ruleOf))].toSorted()
      if (rules.length > 0) faults[name] = rules
    }
    const listed = Object.entries(LISTED).map(([name, rules]) => [name, Object.keys(rules).toSorted()])
    expect(faults).toEqual(Object.fromEntries(listed))
  })
})

const timed = (sql: string) => ["set local lock_timeout = '5s'", sql]
const BAD: [rule: string, statements: string[], transactional?: boolean][] = [
  ['ban-drop-column', timed('alter table api_key drop column hint')],
  ['ban-drop-table', timed('drop table outbox')],
  ['renaming-column', timed('alter table api_key rename column hint to tail')],
  ['renaming-table', timed('alter table outbox rename to messages')],
  ['changing-column-type', timed('alter table api_key alter column version type bigint')],
  ['adding-required-field', timed('alter table api_key add column x text not null')],
  ['rewrites-table', timed('alter table api_key add column x uuid not null default gen_random_uuid()')],
  ['adding-not-nullable-field', timed('alter table api_key alter column expires_at set not null')],
  ['constraint-missing-not-valid', timed('alter table api_key add constraint x check (version > 0)')],
  ['adding-foreign-key-constraint', timed('alter table outbox add column a text references account')],
  ['disallowed-unique-constraint', timed('alter table api_key add constraint x unique (name)')],
  ['require-concurrent-index-creation', timed('create index x on api_key (hint)')],
  ['require-concurrent-index-creation', timed('create unique index x on api_key (hint)')],
  ['require-concurrent-index-deletion', timed('drop index api_key_account')],
  ['ban-concurrent-index-creation-in-transaction', timed('create index concurrently x on api_key (hint)')],
  ['require-lock-timeout', ['alter table api_key add column x text']],
  ['rows-in-transaction', ["update api_key set name = 'x'"]],
  ['rows-in-transaction', ['delete from outbox']],
  ['blocks-while-it-reads', timed('alter table api_key add constraint x check (version > 0)')],
  ['blocks-while-it-reads', timed('alter table api_key add column x text; select count(*) from api_key')],
  ['rewrites-table', timed('alter table api_key alter column version type bigint')],
  ['drops-default', timed('alter table quota_day alter column requests drop default')],
  ['changes-primary-key', timed('alter table imported_form drop constraint imported_form_pkey')],
  [
    'changes-primary-key',
    timed(
      'alter table imported_form drop constraint imported_form_pkey; alter table imported_form add primary key (account_id, length, prefix)',
    ),
  ],
]
const GOOD: [what: string, statements: string[], transactional?: boolean][] = [
  ['a nullable column', timed('alter table api_key add column x text')],
  ['a column with a constant default', timed('alter table api_key add column x integer not null default 0')],
  [
    'a new table with an index',
    timed('create table x (id text primary key, y text); create index x_y on x (y)'),
  ],
  [
    'a constraint that is not valid yet',
    timed('alter table api_key add constraint x check (version > 0) not valid'),
  ],
  ['an index built concurrently', ['create index concurrently x on api_key (hint)'], false],
  ['a raised oldest release', timed('update schema_version set runs_from = 1')],
]

describe('the lint', () => {
  let database: FreshDatabase
  let sql: Awaited<ReturnType<typeof openSql>>
  let found: Map<string, string[]>
  const scriptOf = (statements: string[], transactional = true, place = 0): Script => ({
    name: `example${place}`,
    transactional,
    statements,
  })
  const examples = [...BAD, ...GOOD].map(([, statements, transactional], place) =>
    scriptOf(statements, transactional, place),
  )
  const rulesOf = async (place: number) => {
    const script = examples[place] ?? scriptOf([])
    const observed = faultsOf(
      script,
      await observe(sql, script, 'rollback').catch(() => ({ transactional: false })),
    )
    return [...new Set([...(found.get(script.name) ?? []), ...observed].map(ruleOf))]
  }
  beforeAll(async () => {
    database = await freshDatabase()
    sql = await openSql(database.databaseUrl)
    found = await squawk(examples)
  })
  afterAll(async () => {
    await sql.end()
    await database.drop()
  })

  it.each(BAD.map(([rule, statements], place) => [rule, statements.at(-1), place] as const))(
    'refuses by %s: %s',
    async (rule, _sql, place) => expect(await rulesOf(place)).toContain(rule),
  )

  it.each(GOOD.map(([what], place) => [what, BAD.length + place] as const))(
    'takes %s',
    async (_what, place) => expect(await rulesOf(place)).toEqual([]),
  )
})
