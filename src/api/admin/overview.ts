import { VERSION } from '../../platform/release.ts'
import type { ApiContext } from '../context.ts'
import { type Html, html } from '../html.ts'
import { findSection } from './findSection.ts'
import { frame } from './frame.ts'
import {
  backupsSection,
  notificationsSection,
  queuesSection,
  regionsSection,
  usageSection,
} from './sections.ts'

/** All of the service at one instant. `q`: what to find among accounts and keys. */
export async function overview(api: ApiContext, q: string): Promise<Html> {
  const [found, queues, regions, notifications, usage, backups, postgres] = await Promise.all([
    orAway(api, findSection(api, q)),
    orAway(api, queuesSection(api)),
    orAway(api, regionsSection(api)),
    orAway(api, notificationsSection(api)),
    orAway(api, usageSection(api)),
    orAway(api, backupsSection(api)),
    orAway(api, postgresVersion(api)),
  ])
  return frame({
    title: 'Pictify Keys for operators',
    lead: html`As of ${api.now().toISOString()}. Pictify Keys ${VERSION}, Node ${process.version}, Postgres ${postgres}.`,
    main: html`<h2>Accounts</h2>
${found}
<h2>Queues</h2>
${queues}
<h2>Regions</h2>
${regions}
<h2>Notifications that are not delivered</h2>
${notifications}
<h2>Usage</h2>
${usage}
<h2>Backups</h2>
${backups}`,
  })
}

/** A part that cannot be read does not hide the others: this page is looked at when something is away. */
async function orAway(api: ApiContext, section: Promise<Html>): Promise<Html> {
  try {
    return await section
  } catch (error) {
    api.log.warn({ err: error }, 'a part of the operators’ page could not be read')
    return html`<strong class="bad">cannot be read now</strong>`
  }
}

async function postgresVersion(api: ApiContext): Promise<Html> {
  const [row] = await api.em().execute<{ server_version: string }[]>('show server_version')
  return html`${row?.server_version ?? '–'}`
}
