import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outcome, runCommand } from './runCommand.ts'
import { type Once, useOnce } from './useOnce.ts'

export type Answer<Body> = Promise<{ data?: Body; response: Response }>

/** How long an answer is kept once nobody shows it: it may hold what is shown once. */
const KEPT_MS = 500

type Options<Body> = {
  /** Queries that are read again when the command is done, by the first part of their key. */
  changes: string[]
  onDone?: (outcome: Outcome<Body>) => void
  onError?: (error: unknown) => void
}

/**
 * A change that goes through the queue: `run(input)` sends it and follows it to its end. Sent again after an
 * answer that was lost, it is done once. `operationId` is the ID of the operation once the api has answered 202: it is
 * kept and will be done, whether or not anyone waits.
 */
export function useCommand<Input, Body>(
  send: (input: Input, once: Once) => Answer<Body>,
  options: Options<Body>,
) {
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
      await Promise.all(options.changes.map((name) => queries.invalidateQueries({ queryKey: [name] })))
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
    /** The operation that is waited for after a 202. */
    operationId: mutation.isPending ? operationId : undefined,
    reset: mutation.reset,
  }
}
