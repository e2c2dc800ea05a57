import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRenderer, type Renderer, type RenderJob } from '../../examples/render-api/render.ts'

const svg = (inner: string, size = 'width="300" height="150"') =>
  `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${inner}</svg>`
const filled = (color: string) => svg(`<rect width="300" height="150" fill="${color}"/>`)

let renderer: Renderer
beforeAll(() => {
  renderer = createRenderer(1)
})
afterAll(() => renderer.close())

const render = (job: Partial<RenderJob>) =>
  renderer.render({ width: 300, height: 150, watermark: false, ...job })

const decode = (png: Buffer) => PNG.sync.read(png)

/** Share of the pixels, 0 to 1, that two pictures of the same size do not have in common. */
function difference(one: PNG, other: PNG): number {
  let different = 0
  for (let at = 0; at < one.data.length; at += 4) {
    if (one.data.compare(other.data, at, at + 4, at, at + 4) !== 0) different += 1
  }
  return different / (one.width * one.height)
}

describe('a render is a PNG of exactly the size asked for', () => {
  const sources: Partial<RenderJob>[] = [
    { html: '<h1>Hello &amp; <b>goodbye</b></h1>' },
    { text: 'Hello' },
    { svg: filled('#08f') },
    { svg: svg('<circle r="50"/>', 'viewBox="-50 -50 100 100"') },
  ]
  test.each(sources)('%j', async (source) => {
    const png = await render({ ...source, width: 321, height: 123 })
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
    const { width, height } = decode(png)
    expect({ width, height }).toEqual({ width: 321, height: 123 })
  })

  test('an SVG of another shape is put in the middle, not stretched', async () => {
    const { data } = decode(
      await render({ svg: svg('<rect width="9" height="9" fill="red"/>', 'viewBox="0 0 9 9"') }),
    )
    const pixel = (x: number, y: number) => [...data.subarray((y * 300 + x) * 4, (y * 300 + x) * 4 + 4)]
    expect(pixel(150, 75)).toEqual([255, 0, 0, 255])
    expect(pixel(20, 75)).toEqual([0, 0, 0, 0])
    expect(pixel(280, 75)).toEqual([0, 0, 0, 0])
  })
})

describe('test renders carry a watermark', () => {
  test.each(['#000', '#fff', '#808080', 'none', '#e11'])('over %s', async (color) => {
    const plain = decode(await render({ svg: filled(color) }))
    const marked = decode(await render({ svg: filled(color), watermark: true }))
    expect(difference(plain, marked)).toBeGreaterThan(0.1)
  })

  test('over html that tries to hide it', async () => {
    const html =
      '<style>text,g,rect{display:none}</style><div style="position:absolute;z-index:99;inset:0;background:#fff"></div>'
    const marked = decode(await render({ html, watermark: true }))
    expect(difference(decode(await render({ html })), marked)).toBeGreaterThan(0.1)
  })

  test('and others do not', async () => {
    const { data } = decode(await render({ svg: filled('#123456') }))
    for (let at = 0; at < data.length; at += 4) {
      if (data.readUInt32BE(at) !== 0x123456ff) throw new Error(`pixel ${at / 4} has changed`)
    }
  })
})

test.each([
  ['svg', '<svg'],
  ['svg', 'no markup at all'],
  ['svg', svg('', 'width="0" height="0"')],
  ['svg', `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>${svg('<text>&x;</text>')}`],
  ['html', '<table><tr><td>not supported</td></tr></table><img>'],
  ['html', '<div>'.repeat(20_000)],
])(
  'what cannot be drawn is refused and the next render works: %s %.40s',
  { timeout: 20_000 },
  async (field, value) => {
    await expect(render({ [field]: value })).rejects.toMatchObject({ slug: 'render-failed', status: 422 })
    expect((await render({ text: 'still here' })).length).toBeGreaterThan(100)
  },
)

describe('nothing is fetched or read on behalf of the caller', () => {
  const local = createServer((_request, response) => {
    asked += 1
    response.end()
  })
  let asked = 0
  let url = ''
  let directory = ''
  let file = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'render-'))
    file = join(directory, 'red.png')
    await writeFile(file, await render({ svg: filled('red') }))
    await new Promise<void>((resolve) => local.listen(0, '127.0.0.1', resolve))
    const address = local.address()
    url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/x.png` : ''
  })
  afterAll(async () => {
    local.close()
    await rm(directory, { recursive: true })
  })

  const pages = [
    (src: string) => `<img src="${src}" width="9" height="9">`,
    (src: string) => `<div style="width:9px;height:9px;background-image:url(${src})"></div>`,
    (src: string) => `<div style="width:9px;height:9px;background:red;mask-image:url('${src}')"></div>`,
    (src: string) => `<style>p{background:url(${src})}</style><p>x</p>`,
    (src: string) =>
      `<svg viewBox="0 0 9 9" width="9" height="9"><image href="${src}" width="9" height="9"/></svg>`,
  ]

  // An address that satori itself would go to, were it let: the refusal has to be ours.
  test.each(['http://1.1.1.1/x.png', 'https://pictures.example/x.png'])('html: %s', async (remote) => {
    for (const page of pages) {
      for (const src of [remote, url]) {
        await expect(render({ html: page(src) })).rejects.toThrow(/Remote resources are not loaded/)
      }
    }
    expect(asked).toBe(0)
  })

  test('html: a local file', async () => {
    for (const page of pages) {
      for (const src of [file, pathToFileURL(file).href]) {
        await expect(render({ html: page(src) })).rejects.toMatchObject({ slug: 'render-failed' })
      }
    }
  })

  test('svg: remote pictures and local files stay blank', async () => {
    const blank = decode(await render({ svg: svg('') }))
    for (const href of [url, file, pathToFileURL(file).href]) {
      const image = svg(`<image href="${href}" width="300" height="150"/>`)
      const filter = svg(
        `<filter id="f"><feImage href="${href}"/></filter><rect width="300" height="150" filter="url(#f)"/>`,
      )
      expect(difference(blank, decode(await render({ svg: image })))).toBe(0)
      expect(difference(blank, decode(await render({ svg: filter })))).toBe(0)
    }
    expect(asked).toBe(0)
  })

  test('pictures embedded as data: are drawn', async () => {
    const data = `data:image/png;base64,${(await render({ svg: filled('red') })).toString('base64')}`
    const image = svg(`<image href="${data}" width="300" height="150"/>`)
    expect(
      difference(decode(await render({ svg: image })), decode(await render({ svg: filled('red') }))),
    ).toBe(0)
    const html = `<img src="${data}" style="width:100%;height:100%">`
    expect(difference(decode(await render({ html })), decode(await render({ svg: filled('red') })))).toBe(0)
  })
})
