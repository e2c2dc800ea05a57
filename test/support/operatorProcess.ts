import { createAccount } from '../../src/cli/accounts.ts'
import { createServiceToken } from '../../src/cli/serviceTokens.ts'
import type { Answered, Asked } from './startOperator.ts'

const tasks = {
  account: (plan: Asked['value']) => createAccount({ name: `On ${plan}`, plan: plan as never }),
  serviceToken: createServiceToken,
}

// One at a time: the environment is the process's.
let turn: Promise<void> = Promise.resolve()
process.on('message', ({ id, env, task, value }: Asked) => {
  turn = turn.then(async () => {
    Object.assign(process.env, env)
    const answer: Answered = await tasks[task](value).then(
      (result) => ({ id, result }),
      (error) => ({ id, error: String(error?.stack ?? error) }),
    )
    process.send?.(answer)
  })
})
process.on('disconnect', () => process.exit())
