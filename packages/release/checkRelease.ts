import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sectionsOf } from './changelog.ts'
import { readVersions } from './readVersions.ts'

type Release = {
  version: string
  /** The version's section of CHANGELOG.md. */
  notes: string
  /** When the commit was made, or SOURCE_DATE_EPOCH, in seconds since 1970: the date of everything that is built. */
  epoch: number
}

type Check = { release: Release; complaints: string[] }

/** What a folder of sources would release, and every reason why it must not be released as it is. */
export async function checkRelease(folder: string): Promise<Check> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: folder })).stdout.trimEnd()
  const changed = await git('status', '--porcelain')
  const places = await readVersions(folder)
  const version = places[0]?.version ?? ''
  const sections = sectionsOf(await readFile(join(folder, 'CHANGELOG.md'), 'utf8'))
  const own = sections.find(({ title }) => title === version)
  const unreleased = sections.find(({ title }) => title === 'Unreleased')
  const complaints = [
    changed !== '' && `These files are not committed. Commit or remove them:\n${changed}`,
    places.some((place) => place.version !== version) &&
      `The versions differ. Give all of them the same one:\n${tableOf(places)}`,
    !own?.hasEntries &&
      `CHANGELOG.md has nothing about ${version}. Move what is new below \`## [${version}] - <date>\`.`,
    own?.hasEntries &&
      unreleased?.hasEntries &&
      `CHANGELOG.md has entries under Unreleased. Move them below \`## [${version}] - …\`.`,
  ].filter((complaint) => typeof complaint === 'string')
  const epoch = Number(process.env.SOURCE_DATE_EPOCH || (await git('log', '-1', '--format=%ct')))
  return { release: { version, notes: `${own?.text ?? ''}\n`, epoch }, complaints }
}

const tableOf = (places: Awaited<ReturnType<typeof readVersions>>) =>
  places.map(({ where, version = 'none' }) => `  ${version.padEnd(10)}  ${where}`).join('\n')
