import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { ReceivedEvent } from '../domain/events/listLost.ts'
import { STDIN } from './openFile.ts'

const PAGE = 1_000

/** Reads a file of lifecycle events, one to a line, page by page. Throws an Error that names the line that is none. */
export async function* readReceived(file: string): AsyncGenerator<ReceivedEvent[]> {
  const lines = file === STDIN ? createInterface({ input: process.stdin }) : (await open(file)).readLines()
  let page: ReceivedEvent[] = []
  let number = 0
  for await (const line of lines) {
    number++
    if (line.trim() === '') continue
    page.push(parse(line, number))
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

function parse(line: string, number: number): ReceivedEvent {
  const { data, error } = ReceivedEvent.safeParse(jsonOf(line))
  if (data) return data
  const field = error?.issues[0]?.path.join('.')
  const what = field ? `\`${field}\` is not that of an event` : 'is not an event in JSON'
  throw new Error(
    `--events, line ${number}: ${what}. Give the bodies that your webhook received, one to a line.`,
  )
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
