import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

import { decoderFor, type Encoding, NotText } from '../domain/imports/decodeText.ts'

export const STDIN = '-'

/** Bytes of a file; undefined for standard input, and for a file that cannot be read: opening it says why. */
export async function sizeOf(file: string): Promise<number | undefined> {
  if (file === STDIN) return undefined
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() ? found.size : undefined
}

/**
 * The file as text, and how it begins; in UTF-16 where it says so, else in `encoding`, or UTF-8. `onRead` hears how
 * many bytes each piece had.
 */
export async function openFile(
  file: string,
  encoding: Encoding | undefined,
  onRead: (bytes: number) => void,
): Promise<{ text: AsyncIterable<string>; start: string }> {
  const bytes: AsyncIterable<Buffer> = file === STDIN ? process.stdin : createReadStream(file)
  const chunks = decode(counted(bytes, onRead), encoding)[Symbol.asyncIterator]()
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

async function* decode(bytes: AsyncIterable<Buffer>, encoding: Encoding | undefined): AsyncGenerator<string> {
  let decode: ReturnType<typeof decoderFor> | undefined
  try {
    for await (const chunk of bytes) {
      decode ??= decoderFor(chunk, encoding)
      yield decode(chunk, true)
    }
    if (decode) yield decode(new Uint8Array(), false)
  } catch (error) {
    throw error instanceof NotText ? new Error(`The file ${error.message}.`) : error
  }
}
