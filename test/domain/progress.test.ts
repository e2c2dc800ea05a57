import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { expect, it } from 'vitest'
import { showProgress } from '../../src/cli/progress.ts'

const work = { title: 'Importing keys', unit: 'keys', total: 2_000 }

function outputOf(isTTY: boolean, columns = 100) {
  let text = ''
  const stream = new PassThrough().on('data', (data) => {
    text += data
  })
  const ways = { isTTY, columns, clearLine: () => true, cursorTo: () => true, moveCursor: () => true }
  return { output: Object.assign(stream, ways), text: () => text }
}

function commandOf(json: boolean) {
  const command = new Command().option('--json')
  command.setOptionValue('json', json)
  return command
}

it('a log gets a line every ten seconds, and none from work that is quicker', async () => {
  for (const json of [false, true]) {
    const { output, text } = outputOf(false)
    let now = 0
    const progress = await showProgress(commandOf(json), work, { output, now: () => now })
    progress.advance(500)
    now += 9_999
    progress.advance(500)
    expect(text()).toBe('')
    now += 1
    progress.advance(234)
    progress.advance(6)
    progress.end()
    expect(text()).toBe('Importing keys: 1,234 of 2,000 keys (61 %)\n')
  }
})

it('a terminal without a width, as some build servers have, is a log', async () => {
  const { output, text } = outputOf(true, 0)
  let now = 0
  const progress = await showProgress(commandOf(false), work, { output, now: () => now })
  now += 10_000
  progress.advance(2_000)
  expect(text()).toBe('Importing keys: 2,000 of 2,000 keys (100 %)\n')
})

it('a terminal gets a bar, and nothing with --json', async () => {
  const plain = outputOf(true)
  const progress = await showProgress(commandOf(false), work, { output: plain.output })
  progress.advance(1_000)
  await expect
    .poll(plain.text)
    .toContain('Importing keys ████████████░░░░░░░░░░░░ 1,000 of 2,000 keys (50 %)')
  progress.end()
  const json = outputOf(true)
  const silent = await showProgress(commandOf(true), work, { output: json.output })
  silent.advance(1_000)
  silent.end()
  expect(json.text()).toBe('')
})
