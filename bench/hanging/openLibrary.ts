import { RegionUnavailable } from '../../src/region/RegionUnavailable.ts'
import { createVerifier } from '../../src/verifier/createVerifier.ts'
import type { Keys } from '../createKeys.ts'
import type { Target } from './Target.ts'

/** Verifies these keys in turn by the library, in this process. Needs a worker until it resolves. */
export async function openLibrary(redisUrl: string, { values, serviceToken }: Keys): Promise<Target> {
  const library = createVerifier({ redisUrl, serviceToken, onError: () => {} })
  await library.ready()
  const verify = async (value: string) => ((await library.verify({ value })).valid ? 200 : 403)
  for (const value of values) await verify(value)
  return {
    ask: (turn) =>
      verify(values[turn % values.length] ?? '').catch((error) =>
        error instanceof RegionUnavailable ? 503 : 0,
      ),
    close: () => library.close(),
  }
}
