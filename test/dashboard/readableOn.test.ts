import { expect, it } from 'vitest'
import { readableOn } from '../../src/dashboard/ui/format/readableOn.ts'

const hex = (part: number) => part.toString(16).padStart(2, '0')
/** WCAG's relative luminance, of parts from 0 to 255. */
const luminance = (parts: number[]) => {
  const [red = 0, green = 0, blue = 0] = parts.map((part) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

it.each([
  ['#ffffff', 'black'],
  ['#ffd400', 'black'],
  ['#000000', 'white'],
  ['#1d4ed8', 'white'],
])('on %s %s is readable', (color, text) => expect(readableOn(color)).toBe(text))

it('on every colour the contrast is at least 4.5', () => {
  const steps = Array.from({ length: 18 }, (_, step) => step * 15)
  let lowest = Number.POSITIVE_INFINITY
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps) {
        const parts = [red, green, blue]
        const own = luminance(parts) + 0.05
        const isBlack = readableOn(`#${parts.map(hex).join('')}`) === 'black'
        lowest = Math.min(lowest, isBlack ? own / 0.05 : 1.05 / own)
      }
  expect(lowest).toBeGreaterThanOrEqual(4.5)
})
