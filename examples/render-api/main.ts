import { createServer } from 'node:http'
import { createApp } from './app.ts'
import { createKeysClient } from './keys.ts'
import { createRenderer } from './render.ts'
import { createUsageReporter } from './usageReporter.ts'

const { KEYS_URL, SERVICE_TOKEN, HOST = '127.0.0.1', PORT = '3100' } = process.env

const complaints = [
  !URL.canParse(KEYS_URL ?? '') && 'KEYS_URL: the base URL of Pictify Keys, such as http://127.0.0.1:3000',
  !SERVICE_TOKEN &&
    'SERVICE_TOKEN: a service token of Pictify Keys; `bin/keys service-token create` makes one',
  !(/^\d{1,5}$/.test(PORT) && Number(PORT) < 65536) && 'PORT: a number from 0 to 65535',
].filter((complaint) => complaint !== false)

if (complaints.length > 0 || !KEYS_URL || !SERVICE_TOKEN) {
  console.error(`The render API cannot start. Set\n  ${complaints.join('\n  ')}`)
  process.exit(1)
}

const keysUrl = KEYS_URL.replace(/\/+$/, '')
const keys = createKeysClient(keysUrl, SERVICE_TOKEN)
const usage = createUsageReporter({ keysUrl, serviceToken: SERVICE_TOKEN })
const renderer = createRenderer()
const server = createServer({ requestTimeout: 30_000 }, createApp({ keys, usage, renderer }).callback())

server.listen(Number(PORT), HOST, () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : PORT
  console.log(`render API on http://${HOST}:${port}`)
})

async function stop(): Promise<void> {
  // In this order: a report exists only once its answer has left.
  const closed = new Promise((resolve) => server.close(resolve))
  // Connections kept alive become idle only as their answers leave.
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  await closed
  clearInterval(idle)
  await renderer.close()
  const lost = await usage.stop()
  if (lost > 0) console.error(`${lost} usage events could not be reported`)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void stop().then(() => process.exit(0)))
}
