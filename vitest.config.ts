import { defineConfig } from 'vitest/config'
import SlowFirst from './test/setup/SlowFirst.ts'

export default defineConfig({
  test: {
    // bin/check-install: what takes minutes and root.
    include: process.env.CHECK_INSTALL ? ['test/install/*.check.ts'] : ['test/**/*.test.ts'],
    globalSetup: ['test/setup/globalSetup.ts'],
    reporters: ['default', './test/setup/CountReporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A test file puts back what it changes of its process, so the next one can have it.
    isolate: false,
    sequence: { sequencer: SlowFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
