import { Piscina } from 'piscina'
import type { ImageRequest } from './imageRequest.ts'
import { Problem } from './problem.ts'

const RENDER_TIMEOUT_MS = 10_000
const MAX_WAITING = 100

export type RenderJob = ImageRequest & { watermark: boolean }

/** Fails when the caller's html or svg cannot be drawn; everything else that goes wrong is thrown. */
export type RenderResult = { png: Uint8Array } | { failure: string }

export type Renderer = {
  /** Whether so many renders wait that another one had better be refused. */
  isFull: () => boolean
  /** A PNG of exactly the size asked for. Throws the Problem `render-failed`. */
  render: (job: RenderJob) => Promise<Buffer>
  /** Finishes the renders under way. */
  close: () => Promise<void>
}

/**
 * Renders in worker threads: the process answers meanwhile, and a picture that takes for ever
 * ends with its thread. The threads get no environment, so that the service token is not in their reach.
 */
export function createRenderer(threads = 2): Renderer {
  const pool = new Piscina<RenderJob, RenderResult>({
    filename: new URL('./renderWorker.ts', import.meta.url).href,
    name: 'renderPng',
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 30_000,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  })

  return {
    isFull: () => pool.queueSize >= MAX_WAITING,
    render: async (job) => {
      const result = await pool.run(job, { signal: AbortSignal.timeout(RENDER_TIMEOUT_MS) }).catch(failureOf)
      if ('failure' in result) throw new Problem('render-failed', result.failure)
      return Buffer.from(result.png)
    },
    close: () => pool.close(),
  }
}

function failureOf(error: unknown): RenderResult {
  if (error instanceof Error && error.name === 'AbortError') return { failure: 'Rendering took too long.' }
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { failure: 'Rendering took too much memory.' }
  }
  throw error
}
