import { RegionUnavailable } from '../../src/region/RegionUnavailable.ts'
import { createVerifier, type KeyVerifier, type VerifierOptions } from '../../src/verifier/createVerifier.ts'
import type { Verification } from '../../src/verifier/Verifier.ts'

/** A verifier in this process, as a resource server has one, that is ready. */
export async function openLibrary(options: Omit<VerifierOptions, 'onError'>): Promise<KeyVerifier> {
  const library = createVerifier({ ...options, onError: () => {} })
  await library.ready(30_000)
  return library
}

/** What a library decides about a key. Undefined: nothing, because its region is away or its token revoked. */
export const askLibrary = (library: KeyVerifier, value: string): Promise<Verification | undefined> =>
  library.verify({ value }).catch((error) => {
    if (error instanceof RegionUnavailable) return undefined
    throw error
  })
