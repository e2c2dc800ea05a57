import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'

const TEST = /`(test\/[\w/]+\.test\.ts)`/g
const testsIn = (text: string) => [...text.matchAll(TEST)].map(([, path = '']) => path)

type Part = { title: string; text: string }

/** What is under each heading of a page. */
function sectionsOf(page: string): Part[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ title: text.split('\n', 1)[0] ?? '', text }))
}

/** The points of a list, each with its further lines. */
function pointsOf(text: string): Part[] {
  return text
    .split(/^- /m)
    .slice(1)
    .map((point) => point.split(/\n(?! {2})/, 1)[0] ?? '')
    .map((point) => ({ title: point.slice(0, 40), text: point }))
}

const read = (page: string) => readFile(join(root, 'docs', page), 'utf8')

describe.each(['security.md', 'operating.md'])('docs/%s', (name) => {
  it('names tests that there are', async () => {
    const named = testsIn(await read(name))
    expect(named.length).toBeGreaterThan(20)
    for (const path of named) await expect(access(join(root, path)), path).resolves.toBeUndefined()
    // A path in another form would not be looked at.
    expect((await read(name)).match(/test\/[\w/.]+\.ts/g)?.length).toBe(named.length)
  })

  it('names in every section the tests that hold it', async () => {
    const sections = sectionsOf(await read(name))
    expect(sections.length).toBeGreaterThan(5)
    expect(sections.filter(({ text }) => testsIn(text).length === 0).map(({ title }) => title)).toEqual([])
  })
})

it('what docs/security.md says about attempts names its tests, one by one', async () => {
  const section = sectionsOf(await read('security.md')).find(({ title }) => title === 'What callers can try')
  const points = pointsOf(section?.text ?? '')
  expect(points.length).toBeGreaterThan(15)
  expect(points.filter(({ text }) => testsIn(text).length === 0).map(({ title }) => title)).toEqual([])
})
