import type { UsageRange } from '../api/ranges.ts'

/** How each range is called, alone and in a sentence. */
export const RANGES: Record<UsageRange, { label: string; words: string }> = {
  '24h': { label: '24 hours', words: 'in the last 24 hours' },
  '7d': { label: '7 days', words: 'in the last 7 days' },
  '30d': { label: '30 days', words: 'in the last 30 days' },
  month: { label: 'This month', words: 'this month' },
}
