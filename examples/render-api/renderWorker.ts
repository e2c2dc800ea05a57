import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { initWasm, Resvg, type ResvgOptions } from '@resvg/resvg-wasm'
import { type DOMNode, domToReact, htmlToDOM } from 'html-react-parser'
import { type CSSProperties, createElement, type ReactElement } from 'react'
import satori, { type SatoriOptions } from 'satori'
import { goOffline, isOfflineError } from './offline.ts'
import type { RenderJob, RenderResult } from './render.ts'
import { placed, watermarked } from './watermark.ts'

const MAX_DEPTH = 256

type Size = { width: number; height: number }

goOffline()
// Satori prints what callers wrote; that does not belong in this server's log.
console.warn = console.error = () => undefined

const load = (specifier: string) => readFile(fileURLToPath(import.meta.resolve(specifier)))
const regular = await load('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf')
const bold = await load('@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf')
const satoriFonts: SatoriOptions['fonts'] = [
  { name: 'Inter', weight: 400, style: 'normal', data: regular },
  { name: 'Inter', weight: 700, style: 'normal', data: bold },
]
const font = { fontBuffers: [regular, bold], defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' }

// The WebAssembly build on purpose: it has no way to files and sockets, whereas resvg's native build draws
// whatever local file `<image href="/some/path">` names.
await initWasm(await load('@resvg/resvg-wasm/index_bg.wasm'))

/** Runs in a thread of the pool in render.ts, one job at a time. */
export async function renderPng(job: RenderJob): Promise<RenderResult> {
  const { width, height } = job
  try {
    const svg = job.svg ?? (await satori(elementOf(job), { width, height, fonts: satoriFonts }))
    const picture = drawSvg(svg, job.svg === undefined ? { mode: 'original' } : fit(svg, job))
    const isExact = picture.width === width && picture.height === height
    if (isExact && !job.watermark) return { png: picture.png }
    const url = `data:image/png;base64,${Buffer.from(picture.png).toString('base64')}`
    return {
      png: drawSvg(job.watermark ? watermarked(url, job) : placed(url, job), { mode: 'original' }).png,
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (isOfflineError(message)) {
      return { failure: 'Remote resources are not loaded. Embed pictures as data: URLs.' }
    }
    return { failure: message.slice(0, 300) }
  }
}

function elementOf({ html, text = '', width, height }: RenderJob): ReactElement {
  if (html !== undefined) {
    // SVG within html has attributes such as viewBox, whose letters are not all small.
    const nodes = htmlToDOM(html, { lowerCaseAttributeNames: false })
    refuseDeep(nodes)
    return createElement('div', { style: { display: 'block', width, height } }, domToReact(nodes))
  }
  const style: CSSProperties = {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    width,
    height,
    boxSizing: 'border-box',
    padding: '5%',
    background: '#fff',
    color: '#111',
    textAlign: 'center',
    whiteSpace: 'pre-wrap',
    wordBreak: 'break-word',
    // A letter takes about 0.7 square em: long texts get letters that fill half of the picture.
    fontSize: Math.max(1, Math.min(height / 5, Math.sqrt((0.5 * width * height) / (0.7 * text.length)))),
  }
  return createElement('div', { style }, text)
}

/** Satori calls itself for each level; an overflowing stack in there is not always a tidy error. */
function refuseDeep(nodes: DOMNode[], depth = 1): void {
  if (depth > MAX_DEPTH) throw new Error(`The html is nested more than ${MAX_DEPTH} levels deep.`)
  for (const node of nodes) {
    if ('children' in node) refuseDeep(node.children as DOMNode[], depth + 1)
  }
}

/** The largest size that keeps the shape of the SVG and goes into the picture asked for. */
function fit(svg: string, { width, height }: Size): ResvgOptions['fitTo'] {
  const drawing = new Resvg(svg)
  const isWider = drawing.width * height >= drawing.height * width
  drawing.free()
  return isWider ? { mode: 'width', value: width } : { mode: 'height', value: height }
}

/** Frees by hand what lives in WebAssembly's memory, which JavaScript does not collect. */
function drawSvg(svg: string, fitTo: ResvgOptions['fitTo']): Size & { png: Uint8Array } {
  const drawing = new Resvg(svg, { font, fitTo })
  try {
    const picture = drawing.render()
    const { width, height } = picture
    const png = picture.asPng()
    picture.free()
    return { png, width, height }
  } finally {
    drawing.free()
  }
}
