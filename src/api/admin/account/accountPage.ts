import { loadPresented } from '../../../domain/accounts/presentAccount.ts'
import { type Command, CommandSchema } from '../../../domain/commands/Command.ts'
import { readAccountTotals } from '../../../domain/usage/accountTotals.ts'
import type { ApiContext } from '../../context.ts'
import { type Html, html } from '../../html.ts'
import { bad, tableOf, whole } from '../elements.ts'
import { frame } from '../frame.ts'
import { ACTIONS } from './actions.ts'
import { auditTable, commandsTable, deliveriesTable, eventsTable, keysTable, membersTable } from './tables.ts'

type Presented = Awaited<ReturnType<typeof loadPresented>>

/** All that support asks about one account. `commandId`: what an action of this page submitted. */
export async function accountPage(api: ApiContext, id: string, commandId: string): Promise<Html> {
  const account = await loadPresented(api.em(), id, api.now())
  const [command, totals, keys, members, commands, entries, events, deliveries] = await Promise.all([
    api.em().findOne(CommandSchema, { id: commandId, accountId: id }),
    readAccountTotals(api.em(), id, api.now()),
    keysTable(api.em(), id, api.now()),
    membersTable(api.em(), id),
    commandsTable(api.em(), id),
    auditTable(api.em(), id),
    eventsTable(api.em(), id),
    deliveriesTable(api.em(), id),
  ])
  return frame({
    title: account.name,
    lead: html`<span class="mono">${id}</span>. As of ${api.now().toISOString()}.`,
    main: html`${command ? outcomeOf(command) : ''}
${facts(account)}
<h2>Change</h2>
${actionLinks(account)}
<h2>Usage</h2>
${usageTable(totals)}
<h2>Keys</h2>
${keys}
<h2>Members</h2>
${members}
<h2>Commands</h2>
${commands}
<h2>Audit log</h2>
${entries}
<h2>Events</h2>
${events}
<h2>Deliveries</h2>
${deliveries}`,
  })
}

function outcomeOf({ kind, status, problem }: Command): Html {
  const what = kind.replaceAll('-', ' ')
  if (status === 'succeeded') return html`<p role="status">Done in every region: ${what}.</p>`
  const why = problem?.details.detail
  if (status === 'failed') return html`<p role="alert">${bad(`Failed: ${what}. ${why ?? ''}`)}</p>`
  return html`<p role="status">Under way: ${what}. It is saved and completes when every region has confirmed it.</p>`
}

function facts(account: Presented): Html {
  const { limits, counts } = account
  const of = (used: number, limit: number | null) =>
    `${whole(used)} of ${limit === null ? 'unlimited' : whole(limit)}`
  const rows: [string, string | Html][] = [
    ['Status', account.status === 'active' ? 'active' : bad(account.status)],
    ...(account.suspendedAt === null
      ? []
      : ([
          ['Suspended at', account.suspendedAt],
          ['Reason', account.suspendedReason ?? 'none given'],
        ] as [string, string][])),
    ['Plan', account.plan],
    [
      'Own limits',
      Object.keys(account.customLimits).length === 0 ? 'none' : JSON.stringify(account.customLimits),
    ],
    ['External ID', account.externalId ?? 'none'],
    ['Created at', account.createdAt],
    ['Live keys', of(counts.liveKeys, limits.liveKeys)],
    ['Test keys', of(counts.testKeys, limits.testKeys)],
    ['Renders this month', of(account.rendersThisMonth, limits.rendersPerMonth)],
    [
      'Requests per minute and key',
      limits.requestsPerMinute === null ? 'unlimited' : whole(limits.requestsPerMinute),
    ],
    ['Requests per day and key', limits.requestsPerDay === null ? 'unlimited' : whole(limits.requestsPerDay)],
  ]
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function actionLinks({ id, status }: Presented): Html {
  const possible = Object.entries(ACTIONS).filter(([, { from }]) => from.includes(status))
  if (possible.length === 0) return html`<p>The account is ${status}: nothing can be changed.</p>`
  return html`<ul class="actions">${possible.map(
    ([name, { title }]) => html`<li><a href="/admin/accounts/${id}/${name}">${title}…</a></li>`,
  )}</ul>`
}

const usageTable = (totals: Awaited<ReturnType<typeof readAccountTotals>>) =>
  tableOf(
    'Usage',
    ['Period (UTC)', 'Requests', 'Errors', 'Refused', 'Units'].map((title, at) => ({
      title,
      isNumber: at > 0,
    })),
    totals.map(({ period, requests, errors, refused, units }) => [
      period,
      ...[requests, errors, refused, units].map(whole),
    ]),
  )
