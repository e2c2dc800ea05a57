import { AccountSchema } from '../../../domain/accounts/Account.ts'
import { audit } from '../../../domain/audit/audit.ts'
import { ExportLine, readExport } from '../../../domain/export/readExport.ts'
import type { Channel } from '../../../domain/notifications/Channel.ts'
import { showChannel } from '../../channelInput.ts'
import { route } from '../../guard.ts'
import { Problem } from '../../problems.ts'
import { asJsonLines, startReading } from '../../streams.ts'

/** It holds what each of these shows; `keys:manage` is asked for by the guard. */
const REQUIRED = ['members:manage', 'account:read', 'audit:read', 'usage:read', 'alerts:manage']

export const exportAccount = route(
  {
    method: 'get',
    path: '/account/export',
    operation: 'exportAccount',
    summary: 'Export the account',
    description:
      'Members, keys, channels, alert rules and their incidents, audit log and usage by day, as JSON lines. It contains no secrets. The response is streamed; its last line is `end`.',
    tag: 'Account',
    auth: { permission: 'keys:manage' },
    pool: 'streams',
    responses: { 200: { streams: { 'application/x-ndjson': ExportLine } } },
    problems: [],
  },
  async ({ api, principal }) => {
    const missing = REQUIRED.find((permission) => !principal.permissions.includes(permission))
    if (missing !== undefined) {
      const detail = `This also requires the permission ${missing}.`
      throw new Problem('insufficient-permissions', { detail, requiredPermission: missing })
    }
    const em = api.em()
    const source = await api.readFrom('streams')
    const account = await em.findOneOrFail(AccountSchema, { id: principal.accountId })
    audit(em, principal, { at: api.now(), action: 'account.exported', targetId: account.id })
    await em.flush()
    const show = (channel: Channel) => showChannel(api, channel)
    const pages = await startReading(readExport(source.em, account, source.asOf, show))
    const name = `account-${source.asOf.toISOString().slice(0, 10)}.jsonl`
    return {
      status: 200,
      headers: { 'Content-Disposition': `attachment; filename="${name}"` },
      stream: { type: 'application/x-ndjson', text: asJsonLines(pages) },
    }
  },
)
