import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

const SLOWEST = 10

/**
 * Writes "<passed> <failed>" to COUNTS_FILE for bin/test, where a file that fails outside its tests counts as one
 * failure, and prints the slowest files: they decide how long the run takes.
 */
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
    const slowest = modules
      .map((module) => ({ seconds: module.diagnostic().duration / 1_000, name: module.relativeModuleId }))
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, SLOWEST)
    console.log('The slowest files:')
    for (const { seconds, name } of slowest) console.log(`${seconds.toFixed(1).padStart(8)} s  ${name}`)
  }
}
