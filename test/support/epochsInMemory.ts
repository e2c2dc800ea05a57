import type { EpochRegister } from '../../src/region/agreeOnEpoch.ts'

/** A register of epochs without Postgres, for tests of a region alone. */
export function epochsInMemory(shards = 1): EpochRegister & { markers: Map<string, string> } {
  const markers = new Map<string, string>()
  return {
    markers,
    read: async (region) => ({
      marker: markers.get(region) ?? null,
      listed: true,
      servesNow: null,
      leased: false,
      shards,
    }),
    register: async (region, before, marker) => {
      if ((markers.get(region) ?? null) !== before) return false
      markers.set(region, marker)
      return true
    },
    lease: async (region, marker) => markers.get(region) === marker,
    holds: async () => true,
  }
}
