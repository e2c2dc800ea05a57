import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'

/** The release that an upgrade starts from: the last one in CHANGELOG.md before the present version. */
export const PREVIOUS = { version: '0.1.0', commit: '5e456aa95526e5440b8e9d57f4f05d0f08deb722' }

const run = promisify(execFile)

/** The commit of the release: its tag's, or the one above in a clone without tags. */
export async function previousCommit(): Promise<string> {
  const commitOf = (name: string) =>
    run('git', ['rev-parse', '--verify', '--quiet', `${name}^{commit}`], { cwd: root }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    )
  const commit = (await commitOf(`v${PREVIOUS.version}`)) ?? (await commitOf(PREVIOUS.commit))
  if (!commit)
    throw new Error(
      `This clone does not have the release ${PREVIOUS.version} (${PREVIOUS.commit}): git fetch --unshallow --tags`,
    )
  return commit
}

/**
 * A folder with the sources of the previous release and the packages that it ran on. It is made once, in `.data`:
 * Node runs no TypeScript below a `node_modules`.
 */
export async function previousRelease(): Promise<string> {
  const releases = join(root, '.data/releases')
  const folder = join(releases, await previousCommit())
  if (existsSync(folder)) return folder
  await mkdir(releases, { recursive: true })
  const making = await mkdtemp(join(releases, 'making-'))
  try {
    const archive = `git archive "$1" package.json package-lock.json src migrations examples | tar -x -C "$2"`
    await run('sh', ['-c', archive, 'sh', await previousCommit(), making], { cwd: root })
    const ci = ['ci', '--omit=dev', '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund']
    await run('npm', ci, { cwd: making })
    await rename(making, folder)
  } catch (error) {
    // Another run may have been faster.
    if (!existsSync(folder)) throw error
  } finally {
    await rm(making, { recursive: true, force: true })
  }
  return folder
}
