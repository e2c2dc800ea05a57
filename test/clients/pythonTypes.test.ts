import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

type Report = {
  generalDiagnostics: { file: string; message: string; range: { start: { line: number } } }[]
  summary: { filesAnalyzed: number }
}

it('the Python client and its tests have strict types, for Python 3.10', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/pyright/index.js'), '--outputjson', '--project', join(root, 'clients/python')],
    { maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error)
  const { generalDiagnostics, summary }: Report = JSON.parse(stdout)
  const found = generalDiagnostics.map(
    ({ file, message, range }) => `${file.slice(root.length + 1)}:${range.start.line + 1}: ${message}`,
  )
  expect(found).toEqual([])
  expect(summary.filesAnalyzed).toBeGreaterThan(25)
})
