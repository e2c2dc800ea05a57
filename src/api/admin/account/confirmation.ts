import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { AccountSchema } from '../../../domain/accounts/Account.ts'
import { loadPresented } from '../../../domain/accounts/presentAccount.ts'
import type { Actor } from '../../../domain/commands/Command.ts'
import { Failure } from '../../../domain/failure.ts'
import { listPlans } from '../../../domain/plans/planStore.ts'
import { findReplay, type Submission, submitCommand } from '../../../platform/submitCommand.ts'
import type { ApiContext } from '../../context.ts'
import { type Html, html } from '../../html.ts'
import { requestHashOf } from '../../idempotency.ts'
import { Problem } from '../../problems.ts'
import { readFile } from '../../readJson.ts'
import { bad } from '../elements.ts'
import { frame } from '../frame.ts'
import { ACTIONS, type ActionName } from './actions.ts'

type Asked = { id: string; name: ActionName }

const FORM = 'application/x-www-form-urlencoded'
const MOST_BYTES = 8 * 1024

/**
 * What an action would do to which account, and the button that does it. The form carries an ID of its own, so that
 * the second click of two does nothing.
 */
export async function confirmationPage(api: ApiContext, { id, name }: Asked, fault?: string): Promise<Html> {
  const account = await loadPresented(api.em(), id, api.now())
  const { title, from, consequence, fields } = ACTIONS[name]
  const back = html`<a href="/admin/accounts/${id}">Back to ${account.name}</a>`
  const lead = html`${account.name}, <span class="mono">${id}</span>, plan ${account.plan}, ${account.status}`
  if (!from.includes(account.status))
    return frame({
      title,
      lead,
      main: html`<p>${bad(`The account is ${account.status}.`)}</p><p>${back}</p>`,
    })
  const main = html`<p>${consequence}</p>
${fault === undefined ? '' : html`<p role="alert">${bad(fault)}</p>`}
<form method="post" action="/admin/accounts/${id}/${name}">
<input type="hidden" name="request" value="${randomUUID()}">
${fields(account, await listPlans(api.em()))}
<button>${title}</button></form>
<p>${back}</p>`
  return frame({ title, lead, main })
}

/**
 * Runs the action as the command that the API would submit. Returns the path of the account's page, which shows what
 * became of it, or the form again with what is wrong with it.
 */
export async function runAction(api: ApiContext, ctx: Context, asked: Asked): Promise<Html | string> {
  const { id, name } = asked
  const { read } = ACTIONS[name]
  const { text } = await readFile(ctx.req, [FORM], MOST_BYTES)
  const form = new URLSearchParams(text)
  const request = form.get('request') ?? ''
  let change: ReturnType<typeof read>
  try {
    if (!/^[\w-]{8,64}$/.test(request)) throw new Error('Open this page again and repeat the change.')
    change = read(form)
  } catch (error) {
    ctx.status = 400
    return confirmationPage(api, asked, (error as Error).message)
  }
  if ((await api.em().count(AccountSchema, { id })) === 0)
    throw new Failure('account-not-found', { detail: 'There is no account with this ID.' })
  const actor: Actor = {
    type: 'operator',
    id: api.env.OPERATOR_USER,
    ip: api.clientIp(ctx.req),
    requestId: ctx.state.requestId,
  }
  const plainHash = requestHashOf(ctx.method, ctx.path, change.payload)
  const idempotency = { header: `operator ${request}`, plainHash }
  const submission = { ...change, accountId: id, targetId: id, actor, idempotency }
  const { command } =
    (await findReplay(api.em(), api.commands, id, idempotency)) ??
    (await submitCommand(api.em(), api.commands, submission as Submission<typeof change.kind>))
  if (command.status === 'failed' && command.problem)
    throw new Problem(command.problem.code, command.problem.details)
  return `/admin/accounts/${id}?command=${command.id}`
}
