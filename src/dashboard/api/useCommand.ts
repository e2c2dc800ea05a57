import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Topic } from './queries/topics.ts'
import { type Outcome, runCommand } from './runCommand.ts'
import { type Once, useOnce } from './useOnce.ts'

export type Answer<Body> = Promise<{ data?: Body; response: Response }>

/** How long an answer is kept once nobody shows it: it may hold what is shown once. */
const KEPT_MS = 500

type Options<Body> = {
  /** What is read again when the command is done. */
  changes: Topic[]
  onDone?: (outcome: Outcome<Body>) => void
  onError?: (error: unknown) => void
}

/** What a form needs of its command. */
export type Command<Input> = {
  run: (input: Input) => void
  isPending: boolean
  error: unknown
  /** The operation that is waited for after a 202. */
  operationId: string | undefined
}

/**
 * A change that goes through the queue: `run(input)` sends it and follows it to its end. Sent again after an answer
 * that was lost, it is done once. Once there is an `operationId`, the change is saved and completes, even if nobody
 * waits for it.
 */
export function useCommand<Input, Body>(
  send: (input: Input, once: Once) => Answer<Body>,
  options: Options<Body>,
): Command<Input> {
  const queries = useQueryClient()
  const { headersFor, answered } = useOnce()
  const [operationId, setOperationId] = useState<string>()
  const mutation = useMutation({
    gcTime: KEPT_MS,
    mutationFn: (input: Input) => {
      setOperationId(undefined)
      return runCommand(() => send(input, headersFor(input)), setOperationId)
    },
    onSuccess: async (outcome) => {
      answered()
      options.onDone?.(outcome)
      await Promise.all(options.changes.map((topic) => queries.invalidateQueries({ queryKey: [topic] })))
    },
    onError: (error) => {
      answered(error)
      options.onError?.(error)
    },
  })
  return {
    run: mutation.mutate,
    isPending: mutation.isPending,
    error: mutation.error,
    operationId: mutation.isPending ? operationId : undefined,
  }
}
