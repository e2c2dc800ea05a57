import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../../src/dev/dataDir.ts'
import type { Kind } from './kinds.ts'

type Change = { file: string; from: string | RegExp; to: string }

/** Builds in which one safeguard is gone. */
export const MUTANTS: Record<string, Change[]> = {
  'no version check at admission': [
    { file: 'src/region/admit.lua', from: /local stale = .*/, to: 'local stale = false' },
  ],
  'no version check of accounts at admission': [
    { file: 'src/region/admit.lua', from: / or accountVersions\[place\] ~= .*/, to: '' },
  ],
  'no version check of accounts when states are written': [
    {
      file: 'src/region/putStates.lua',
      from: 'if stored and',
      to: "if kind == 'keys' and stored and",
    },
  ],
  'no look at whether the account is suspended': [
    { file: 'src/domain/metering/verdictOf.ts', from: /if \(account.status === 'suspended'\).*/, to: '' },
  ],
  'no version check when states are written': [
    {
      file: 'src/region/putStates.lua',
      from: 'if stored and tonumber(stored) >= version then return end',
      to: '',
    },
  ],
  'no lease check': [
    { file: 'src/region/admit.lua', from: "if arg.kind ~= 'unleased' then", to: 'if false then' },
  ],
  'a lease for a region that is owed changes': [
    {
      file: 'src/domain/regions.ts',
      from: /and not exists \(\s*select from command_region where region = \? and confirmed_at is null .*\)/,
      to: "and ? <> ''",
    },
    { file: 'src/workers/regions/keepLeases.ts', from: /for \(const one of await listOwed.*/, to: '' },
  ],
  'lapsed while the lease runs': [
    { file: 'src/domain/regions.ts', from: 'if (row && !row.over) return false', to: '' },
  ],
  'done without confirmation': [
    {
      file: 'src/workers/regions/propagateState.ts',
      from: 'if (!(error instanceof RegionUnavailable) || !mayLapse) throw error',
      to: 'return',
    },
    { file: 'src/workers/commands/markFinished.ts', from: /if \(open.length > 0\) throw .*/, to: '' },
  ],
  'a lease counted from after Postgres was asked': [
    { file: 'src/workers/regions/keepLeases.ts', from: 'const since = await region.now()', to: '' },
    {
      file: 'src/workers/regions/keepLeases.ts',
      from: 'region.renewLease(marker, since, lease.ms)',
      to: 'region.renewLease(marker, await region.now(), lease.ms)',
    },
  ],
  'a restarted Redis keeps its epoch': [
    {
      file: 'src/region/agreeOnEpoch.ts',
      from: /return marker\.startsWith\(.*/,
      to: 'return true',
    },
  ],
  'a Redis that comes back keeps its epoch': [
    {
      file: 'src/region/agreeOnEpoch.ts',
      from: 'if (current !== null && current === registered && server.began(current)) return current',
      to: `if (current !== null && server.began(current)) {
        if (current !== registered) await register.register(region, registered, current)
        return current
      }`,
    },
  ],
  'what a lapsed region is owed goes with old commands': [
    {
      file: 'src/workers/schedules/expireRecords.ts',
      from: /\s+and not exists \(select from command_region [^`]*`/,
      to: '`',
    },
    {
      file: 'src/domain/regionEpochs.ts',
      from: "'delete from region_epoch where region = ?'",
      to: "'select ?::text'",
    },
  ],
  'a fill that was read before states were removed is written': [
    { file: 'src/region/putStates.lua', from: /if \(redis.call\('HGET', state .. 'sweep'.*/, to: '' },
  ],
  // Either of the checks at admission and of writes covers for the other: see docs/checker.md.
  'no marker checks': ['admit', 'putStates', 'getStates', 'renewLease'].map((name) => ({
    file: `src/region/${name}.lua`,
    from: /if (redis.call\('GET', prefix .. 'region'\)|present\[1\]) ~= marker then return .*/,
    to: '',
  })),
  'a server that takes over does not wait': [
    {
      file: 'src/region/agreeOnEpoch.ts',
      from: 'before !== undefined && connection.mayBeExtended !== undefined',
      to: 'false',
    },
    // As with `confirm=0` in the URL: what needs a replica's copy is not believed of a server whose replica took over.
    { file: 'src/region/Failover.ts', from: /return this.#needsCopy \? .*/, to: 'return 0' },
    // For longer than a worker takes to start on a slow machine.
    { file: 'src/region/Lease.ts', from: 'MOVING_LEASE_MS = 5_000', to: 'MOVING_LEASE_MS = 30_000' },
  ],
  'a fill under the marker of when it is written': [
    {
      file: 'src/region/putStates.lua',
      from: /if redis.call\('GET', prefix .. 'region'\) ~= marker then return .*/,
      to: "marker = redis.call('GET', prefix .. 'region')\nif not marker then return { 'CLOSED' } end",
    },
  ],
}

/** The kinds of faults each of which finds a build alone; where none is named, it takes all of them. */
export const FOUND_BY: Partial<Record<string, Kind[]>> = {
  'no lease check': ['lapsed for long'],
  'a lease for a region that is owed changes': ['lapsed for long'],
  'lapsed while the lease runs': ['lapsed for long'],
  'done without confirmation': ['lapsed for long'],
  'a restarted Redis keeps its epoch': ['older file restored'],
  'a Redis that comes back keeps its epoch': ['removed and added again', 'renamed', 'primary switched'],
  'what a lapsed region is owed goes with old commands': ['lapsed for long'],
  'a fill that was read before states were removed is written': ['states swept'],
  'a fill under the marker of when it is written': ['removed and added again'],
  'a server that takes over does not wait': ['taken over beside it'],
}

/** The text of each file that a build changes. Throws where there is nothing to change. */
export async function changedFiles(changes: Change[], from = root): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const { file, from: before, to } of changes) {
    const text = files.get(file) ?? (await readFile(join(from, file), 'utf8'))
    const changed = text.replace(before, to)
    if (changed === text) throw new Error(`${file} has no ${before}`)
    files.set(file, changed)
  }
  return files
}

/** Copies `from` into a new folder and changes it. */
export async function buildMutant(changes: Change[], from = root): Promise<string> {
  const files = await changedFiles(changes, from)
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-mutant-'))
  for (const part of ['src', 'migrations', 'package.json', 'test/faults/16-checker']) {
    await cp(join(from, part), join(folder, part), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [file, text] of files) await writeFile(join(folder, file), text)
  return folder
}
