import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The slowest first; other faults later, because two files that kill processes all the time take long side by side. */
const FOLDERS = [
  '/test/faults/16-checker/',
  '/test/flows/',
  '/test/browser/',
  '/test/faults/',
  '/test/verifier/',
]

/**
 * Files of slow folders come first, also where vitest has not measured them yet: one that began last would run alone
 * for minutes.
 */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = FOLDERS.findIndex((folder) => moduleId.includes(folder))
      return found < 0 ? FOLDERS.length : found
    }
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}
