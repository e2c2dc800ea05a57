import { useRef } from 'react'
import { ProblemError } from './ProblemError.ts'

export type Once = { 'Idempotency-Key': string }

/**
 * The headers by which the api does a command once, also when its answer was lost and it is sent again: then it gives
 * the same answer again, with what is shown once. `answered` says what came of it; the next command is another one.
 */
export function useOnce() {
  const last = useRef<{ input: string; once: Once }>(undefined)
  return {
    headersFor(input: unknown): Once {
      const text = JSON.stringify(input) ?? ''
      if (last.current?.input !== text)
        last.current = { input: text, once: { 'Idempotency-Key': randomText() } }
      return last.current.once
    },
    answered(error?: unknown): void {
      const isOpen = error instanceof ProblemError && (error.status === 0 || error.status >= 500)
      if (!isOpen) last.current = undefined
    },
  }
}

/** 128 random bits as text. `crypto.randomUUID` is not there on a page that came without TLS. */
const randomText = () =>
  [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-')
