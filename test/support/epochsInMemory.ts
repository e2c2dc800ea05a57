import type { EpochRegister } from '../../src/region/agreeOnEpoch.ts'

/** A register of epochs without Postgres, for tests of a region alone. */
export function epochsInMemory(): EpochRegister & { markers: Map<string, string> } {
  const markers = new Map<string, string>()
  return {
    markers,
    read: async (region) => ({ marker: markers.get(region) ?? null, listed: true, servesNow: null }),
    register: async (region, before, marker) => {
      if ((markers.get(region) ?? null) !== before) return false
      markers.set(region, marker)
      return true
    },
    holds: async () => true,
  }
}
