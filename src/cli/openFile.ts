import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

const STDIN = '-'

/** Bytes of a file; undefined for standard input, and for a file that cannot be read: opening it says why. */
export async function sizeOf(file: string): Promise<number | undefined> {
  if (file === STDIN) return undefined
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() ? found.size : undefined
}

/** The file as text in UTF-8, and how it begins. `onRead` hears how many bytes each piece had. */
export async function openFile(
  file: string,
  onRead: (bytes: number) => void,
): Promise<{ text: AsyncIterable<string>; start: string }> {
  const bytes: AsyncIterable<Buffer> = file === STDIN ? process.stdin : createReadStream(file)
  const chunks = decode(counted(bytes, onRead))[Symbol.asyncIterator]()
  let start = ''
  while (start.trim() === '') {
    const { value, done } = await chunks.next()
    if (done) break
    start += value
  }
  async function* whole() {
    yield start
    for (;;) {
      const { value, done } = await chunks.next()
      if (done) return
      yield value
    }
  }
  return { text: whole(), start }
}

async function* counted(bytes: AsyncIterable<Buffer>, onRead: (bytes: number) => void) {
  for await (const chunk of bytes) {
    yield chunk
    onRead(chunk.length)
  }
}

async function* decode(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (error) {
    throw error instanceof TypeError ? new Error('The file is not UTF-8.') : error
  }
}
