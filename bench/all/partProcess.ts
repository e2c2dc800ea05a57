/** One part, in a process of its own: started by runPart.ts with its name and its options. */
import type { Options, PartName } from './Part.ts'
import { loadPart } from './parts.ts'
import type { Report } from './runPart.ts'

const [name = '', options = ''] = process.argv.slice(2)

async function work(): Promise<Report> {
  try {
    const run = await loadPart(name as PartName)
    if (!run) return { state: 'missing' }
    return { state: 'measured', seconds: 0, rows: await run(JSON.parse(options) as Options) }
  } catch (error) {
    console.error(error)
    const reason = error instanceof Error ? error.message : String(error)
    return { state: 'failed', seconds: 0, reason }
  }
}

// Also when whoever started it is gone. What it started ends with it.
process.once('disconnect', () => process.exit())
const report = await work()
process.send?.(report, () => process.disconnect?.())
