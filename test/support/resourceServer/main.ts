import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { RegionUnavailable } from '../../../src/region/RegionUnavailable.ts'
import { createVerifier } from '../../../src/verifier/createVerifier.ts'

/**
 * A resource server that verifies with the library, as a process of its own. `POST /verify` answers as the api's does:
 * 200 with `valid` and `code`, or 503 where nothing can be decided now.
 */
const { PORT, REDIS_URL = '', REGION, SERVICE_TOKEN = '' } = process.env
const library = createVerifier({
  redisUrl: REDIS_URL,
  serviceToken: SERVICE_TOKEN,
  region: REGION,
  onError: () => {},
})

async function answer(value: string): Promise<{ status: number; body: object }> {
  try {
    const { valid, code } = await library.verify({ value })
    return { status: 200, body: { valid, code } }
  } catch (error) {
    return { status: error instanceof RegionUnavailable ? 503 : 500, body: { error: String(error) } }
  }
}

await library.ready(60_000)
createServer(async (request, response) => {
  const { status, body } =
    request.url === '/readyz'
      ? { status: 200, body: {} }
      : await answer(((await json(request)) as { key: string }).key)
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}).listen(Number(PORT), '127.0.0.1')
