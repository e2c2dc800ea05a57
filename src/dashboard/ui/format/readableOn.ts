/**
 * Black or white, whichever has more contrast on a colour such as `#1d4ed8`: at least 4.58, by WCAG's relative
 * luminance (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
 */
export function readableOn(color: string): 'black' | 'white' {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  // Where both have the same contrast: (L + 0.05)² = 1.05 · 0.05.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? 'black' : 'white'
}
