import { parentPort } from 'node:worker_threads'
import { Failure } from '../../domain/failure.ts'
import { readImport } from '../../domain/imports/readImport.ts'
import { readWhole } from '../../domain/imports/readWhole.ts'
import { lowerThisThread } from '../../platform/lowPriority.ts'
import type { ReadRequest, ReadResult } from './ImportReader.ts'

lowerThisThread()

/** The thread of ImportReader: reads one file per message. What it cannot explain ends it. */
parentPort?.on('message', async ({ text, format, at, lines, maxFailed }: ReadRequest) => {
  parentPort?.postMessage(await read())

  async function read(): Promise<ReadResult> {
    try {
      return { file: await readWhole(readImport([text], format, new Date(at)), { maxFailed, lines }) }
    } catch (error) {
      if (error instanceof Failure) return { failure: { code: error.code, details: error.details } }
      throw error
    }
  }
})
