import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCpuParts } from '../../bench/profile/cpuParts.ts'

it('a profile is read by part: what is native counts for its caller, and only in the span', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-cpu-parts-'))
  try {
    const file = join(folder, 'one.cpuprofile')
    const frame = (functionName: string, url: string) => ({ functionName, url })
    const nodes = [
      { id: 1, callFrame: frame('(root)', ''), children: [2, 3, 5] },
      { id: 2, callFrame: frame('(idle)', '') },
      { id: 3, callFrame: frame('decide', 'file:///srv/src/verifier/decide.ts'), children: [4] },
      { id: 4, callFrame: frame('stringify', '') },
      { id: 5, callFrame: frame('send', 'file:///srv/node_modules/ioredis/built/Redis.js'), children: [6] },
      { id: 6, callFrame: frame('writev', '') },
    ]
    // One a sample: the time since the sample before.
    const samples = [2, 3, 4, 5, 6, 3]
    const timeDeltas = [0, 10, 20, 30, 40, 50]
    await writeFile(file, JSON.stringify({ nodes, samples, timeDeltas, startTime: 1_000, endTime: 1_150 }))
    const decidingInside = '`src/verifier`, `src/domain`'
    expect(Object.fromEntries(await readCpuParts(file, { from: 1_000, to: 1_149 }))).toEqual({
      [decidingInside]: 20 + 30,
      ioredis: 40,
      'writing to sockets': 50,
    })
    expect(Object.fromEntries(await readCpuParts(file, { from: 1_061, to: 2_000 }))).toEqual({
      'writing to sockets': 50,
      [decidingInside]: 0,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
