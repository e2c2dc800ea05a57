import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { isDataDirectoryLocked, lockDataDirectory, readState, writeState } from '../../src/dev/dataDir.ts'
import { temporaryFolder } from './folder.ts'

it('is locked by one process at a time, until that one has ended', async () => {
  const folder = await temporaryFolder()
  expect(isDataDirectoryLocked(folder)).toBe(false)

  const module = new URL('../../src/dev/dataDir.ts', import.meta.url).href
  const script = `const { lockDataDirectory } = await import('${module}')
    console.log(lockDataDirectory(process.argv[1]))
    setInterval(() => {}, 1e6)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script, folder])
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  expect(isDataDirectoryLocked(folder)).toBe(true)
  expect(lockDataDirectory(folder)).toBe(false)

  holder.kill('SIGKILL')
  await vi.waitFor(() => expect(isDataDirectoryLocked(folder)).toBe(false))
  expect(lockDataDirectory(folder)).toBe(true)
})

it('keeps secrets readable by their owner only', async () => {
  const folder = await temporaryFolder()
  await writeState(folder, 'dev.json', { a: 1 })
  expect((await stat(join(folder, 'dev.json'))).mode & 0o777).toBe(0o600)
  expect(await readState(folder, 'dev.json')).toEqual({ a: 1 })
  expect(await readState(folder, 'other.json')).toBeUndefined()
})
