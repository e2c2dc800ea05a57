import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Asked = {
  id: number
  env: Record<string, string>
  task: 'account' | 'serviceToken'
  /** The account's plan; the token's name. */
  value: string
}
export type Answered = { id: number; result?: Record<string, string>; error?: string }

/**
 * Does what bin/keys does, by the same functions, in one process instead of one each: loading the program is most of
 * what a command costs. It ends with this process.
 */
export function startOperator(env: () => Record<string, string>) {
  const child = fork(fileURLToPath(new URL('operatorProcess.ts', import.meta.url)), {
    env: env(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const waiting = new Map<number, (answer: Answered) => void>()
  child.on('message', (answer: Answered) => {
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  child.once('exit', (code, signal) => {
    for (const [id, settle] of waiting)
      settle({ id, error: `The operator’s process ended: ${code ?? signal}` })
  })
  let asked = 0
  return {
    /** Throws what bin/keys would print. */
    run: async (task: Asked['task'], value: string): Promise<Record<string, string>> => {
      const id = ++asked
      const answer = await new Promise<Answered>((resolve) => {
        waiting.set(id, resolve)
        child.send({ id, env: env(), task, value } satisfies Asked)
      })
      if (!answer.result) throw new Error(answer.error)
      return answer.result
    },
    end: () => {
      child.kill('SIGKILL')
    },
  }
}
