/** Takes every picture of docs/screenshots; run by bin/screenshots, within a service of its own. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import { openBrowser } from '../support/openBrowser.ts'
import { startReceiver, startSmtp } from '../support/receivers.ts'
import { pagesOf } from './pages.ts'
import { seed } from './seed.ts'
import { takeAll } from './takeAll.ts'

const { API_URL: url = '', DATABASE_URL: databaseUrl = '', SERVICE_TOKEN: serviceToken = '' } = process.env
const { OPERATOR_USER: username = '', OPERATOR_PASSWORD: password = '', SMTP_PORT } = process.env
const folder = join(root, 'docs/screenshots')

const receiver = await startReceiver()
const smtp = await startSmtp(Number(SMTP_PORT))
const browser = await openBrowser()
try {
  const seeded = await seed({ url, databaseUrl, serviceToken, receiverUrl: receiver.url })
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await takeAll(browser, {
    url,
    folder,
    pages: pagesOf(seeded),
    who: seeded.who,
    operator: { username, password },
  })
  if (browser.faults.length > 0) throw new Error(browser.faults.join('\n'))
} finally {
  await browser.close()
  await smtp.stop()
  await receiver.stop()
}
// Kept-alive connections would hold the process for some seconds.
process.exit()
