import { createServer } from 'node:http'
import { createApp } from './app.ts'
import { BilledUsage } from './BilledUsage.ts'
import { createKeys } from './keys.ts'

/** How often the company looks for usage to bill. */
const EVENTS_EVERY_MS = 5_000

const {
  KEYS_URL = '',
  OPERATOR_TOKEN = '',
  BILLING_SECRET = '',
  HOST = '127.0.0.1',
  PORT = '3200',
} = process.env
const { PUBLIC_URL = `http://${HOST}:${PORT}` } = process.env

const complaints = [
  !URL.canParse(KEYS_URL) && 'KEYS_URL: where Pictify Keys is, such as http://127.0.0.1:3000',
  !OPERATOR_TOKEN && 'OPERATOR_TOKEN: `bin/keys operator-token create` makes one',
  BILLING_SECRET.length < 16 &&
    'BILLING_SECRET: 16 characters or more, which the billing provider signs with',
].filter((complaint) => complaint !== false)

if (complaints.length > 0) {
  console.error(`The company’s app cannot start. Set\n  ${complaints.join('\n  ')}`)
  process.exit(1)
}

const keys = createKeys({ url: KEYS_URL, token: OPERATOR_TOKEN })
const billed = new BilledUsage(keys)
/** One look at the record after the other; what fails is read with the next. */
async function keepBilling(): Promise<void> {
  await billed.update().catch((error) => console.error(`Usage could not be read: ${error.message}`))
  setTimeout(keepBilling, EVENTS_EVERY_MS).unref()
}
void keepBilling()

const app = createApp({
  keys,
  billed,
  keysUrl: KEYS_URL,
  publicUrl: PUBLIC_URL,
  billingSecret: BILLING_SECRET,
})
const server = createServer({ requestTimeout: 30_000 }, app.callback())
server.listen(Number(PORT), HOST, () => console.log(`the company’s app on http://${HOST}:${PORT}`))

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 5_000).unref()
  })
}
