import { busiestAccounts } from '../../domain/accounts/busiestAccounts.ts'
import { findKeys } from '../../domain/keys/findKeys.ts'
import type { ApiContext } from '../context.ts'
import { type Html, html } from '../html.ts'
import { tableOf, whole } from './elements.ts'

const ACCOUNTS = 100
const KEYS = 50

/** What fits `q`: accounts by name, ID or external ID, busiest first; keys by ID or last four characters. */
export async function findSection(api: ApiContext, q: string): Promise<Html> {
  const [{ accounts, total }, keys] = await Promise.all([
    busiestAccounts(api.em(), { q, limit: ACCOUNTS, now: api.now() }),
    findKeys(api.em(), q, KEYS),
  ])
  const shown =
    total > accounts.length ? `The busiest ${accounts.length} of ${whole(total)}` : `${whole(total)} found`
  return html`<form method="get" action="/admin" role="search">
<label>Name, ID or external ID of an account; ID or last four characters of a key
<input type="search" name="q" value="${q}" maxlength="100"></label>
<button>Find</button></form>
${keys.length === 0 ? '' : keysFound(keys)}
<p class="quiet">${shown}, by requests in the last 24 hours.</p>
${tableOf(
  'Accounts',
  [
    { title: 'Account' },
    { title: 'ID' },
    { title: 'Plan' },
    { title: 'Status' },
    { title: 'Live keys', isNumber: true },
    { title: 'Test keys', isNumber: true },
    { title: 'Members', isNumber: true },
    { title: 'Requests in 24 h', isNumber: true },
  ],
  accounts.map(({ name, id, plan, status, liveKeys, testKeys, members, requests }) => [
    accountLink(id, name),
    html`<span class="mono">${id}</span>`,
    plan,
    status,
    ...[liveKeys, testKeys, members, requests].map(whole),
  ]),
)}`
}

const keysFound = (keys: Awaited<ReturnType<typeof findKeys>>) =>
  tableOf(
    'Keys',
    ['Key', 'ID', 'Type', 'Status', 'Ends in', 'Account'].map((title) => ({ title })),
    keys.map(({ id, name, type, status, hint, account, accountName }) => [
      name,
      html`<span class="mono">${id}</span>`,
      type,
      status,
      html`<span class="mono">${hint}</span>`,
      accountLink(account, accountName),
    ]),
  )

const accountLink = (id: string, name: string) => html`<a href="/admin/accounts/${id}">${name}</a>`
