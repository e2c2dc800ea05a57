import { createServer } from 'node:http'
import { createVerifier } from '@pictify/keys-verifier'
import { createApp } from './app.ts'
import { createRenderer } from './render.ts'

const { REDIS_URL, SERVICE_TOKEN, KEY_PREFIX, HOST = '127.0.0.1', PORT = '3100' } = process.env

const complaints = [
  !/^rediss?(\+\w+)?:\/\/./.test(REDIS_URL ?? '') &&
    "REDIS_URL: the Redis of Pictify Keys' primary region, such as redis://127.0.0.1:6379",
  !SERVICE_TOKEN &&
    'SERVICE_TOKEN: a service token of Pictify Keys; `bin/keys service-token create` makes one',
  !(/^\d{1,5}$/.test(PORT) && Number(PORT) < 65536) && 'PORT: a number from 0 to 65535',
].filter((complaint) => complaint !== false)

if (complaints.length > 0 || !REDIS_URL || !SERVICE_TOKEN) {
  console.error(`The render API cannot start. Set\n  ${complaints.join('\n  ')}`)
  process.exit(1)
}

const verifier = createVerifier({
  redisUrl: REDIS_URL,
  serviceToken: SERVICE_TOKEN,
  keyPrefix: KEY_PREFIX,
})
const renderer = createRenderer()
const server = createServer({ requestTimeout: 30_000 }, createApp({ verifier, renderer }).callback())

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
  await verifier.close()
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void stop().then(() => process.exit(0)))
}
