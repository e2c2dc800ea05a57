import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** Writes "<passed> <failed>" to COUNTS_FILE for bin/test. A file that fails outside its tests counts as one failure. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env.COUNTS_FILE
    if (!file) return
    let passed = 0
    let failed = 0
    for (const module of modules) {
      passed += [...module.children.allTests('passed')].length
      const failures = [...module.children.allTests('failed')].length
      failed += failures === 0 && !module.ok() ? 1 : failures
    }
    writeFileSync(file, `${passed} ${failed}\n`)
  }
}
