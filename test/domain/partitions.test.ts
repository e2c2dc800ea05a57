import { describe, expect, it } from 'vitest'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { expiredPartitions, wantedPartitions } from '../../src/domain/usage/partitions.ts'

const at = (text: string) => new Date(text)

describe('partitions', () => {
  it.each([
    '2026-11-23T00:00:00Z',
    '2026-12-31T23:59:59.999Z',
    '2028-02-29T12:00:00Z',
    '2026-03-01T00:00:00Z',
  ])('reach without a gap from the oldest event to beyond tomorrow (%s)', (text) => {
    const now = at(text)
    const tables = Map.groupBy(wantedPartitions(now), ({ table }) => table)
    expect([...tables.keys()].sort()).toEqual([
      'usage_day',
      'usage_folded',
      'usage_hour',
      'usage_ip',
      'usage_minute',
    ])
    for (const [table, partitions] of tables) {
      const reach = table === 'usage_minute' ? 2 * DAY : 35 * DAY
      expect(partitions[0]?.from.getTime()).toBeLessThanOrEqual(now.getTime() - reach)
      expect(partitions.at(-1)?.to.getTime()).toBeGreaterThan(now.getTime() + DAY)
      partitions.slice(1).forEach((partition, index) => {
        expect(partition.from).toEqual(partitions[index]?.to)
      })
    }
  })

  it('are named by their first day, weeks begin on Monday', () => {
    const names = wantedPartitions(at('2026-11-25T10:00:00Z')).map(({ name }) => name)
    expect(names).toContain('usage_minute_20261125')
    expect(names).toContain('usage_hour_20261123')
    expect(names).toContain('usage_day_20261101')
  })

  it('go only when nothing in them is to be kept', () => {
    const gone = (name: string, now: string) => expiredPartitions([name], at(now)).length === 1
    // Minutes 48 hours, hours and folded minutes 35 days, days 400 days after their end.
    expect(gone('usage_minute_20261120', '2026-11-22T23:59:59Z')).toBe(false)
    expect(gone('usage_minute_20261120', '2026-11-23T00:00:00Z')).toBe(true)
    expect(gone('usage_hour_20261005', '2026-11-15T23:59:59Z')).toBe(false)
    expect(gone('usage_hour_20261005', '2026-11-16T00:00:00Z')).toBe(true)
    expect(gone('usage_day_20251001', '2026-12-05T23:59:59Z')).toBe(false)
    expect(gone('usage_day_20251001', '2026-12-06T00:00:00Z')).toBe(true)
    expect(
      expiredPartitions(['usage_hour_rest', 'api_key', 'usage_accepted_20200101'], at('2026-11-23')),
    ).toEqual([])
  })
})
