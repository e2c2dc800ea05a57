type Size = { width: number; height: number }

const LABEL = 'TEST · pictify'

/** An SVG that shows the picture in the middle of the given size. */
export function placed(pictureUrl: string, { width, height }: Size, overlay = ''): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <image href="${pictureUrl}" width="${width}" height="${height}"/>${overlay}
  </svg>`
}

/**
 * The same with diagonal rows of letters and bands over it. The picture is mere pixels by now, so nothing
 * that the caller wrote can hide the watermark or push it aside.
 */
export function watermarked(pictureUrl: string, size: Size): string {
  const { width, height } = size
  const em = Math.max(4, Math.min(width, height) / 10)
  const reach = Math.hypot(width, height) / 2
  const row = `${LABEL}    `.repeat(Math.ceil((2 * reach) / (8 * em)) + 1)
  // White letters with a dark outline, and bands of both: one of the two differs from any background.
  const letters = `font-family="Inter" font-weight="700" font-size="${em}" fill="#fff" fill-opacity=".6"
        stroke="#000" stroke-opacity=".5" stroke-width="${em / 24}"`
  const bands: string[] = []
  for (let y = -reach; y < reach; y += 3 * em) {
    bands.push(`
      <rect x="${-reach}" y="${y}" width="${2 * reach}" height="${em / 3}" fill="#000" fill-opacity=".15"/>
      <rect x="${-reach}" y="${y + em / 3}" width="${2 * reach}" height="${em / 3}" fill="#fff" fill-opacity=".25"/>
      <text x="${-reach}" y="${y + 2.2 * em}" ${letters} xml:space="preserve">${row}</text>`)
  }
  const turn = `translate(${width / 2} ${height / 2}) rotate(-30)`
  return placed(pictureUrl, size, `<g transform="${turn}">${bands.join('')}</g>`)
}
