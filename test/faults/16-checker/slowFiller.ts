import { readKeyStates } from '../../../src/domain/keys/keyState.ts'
import { createLog } from '../../../src/platform/log.ts'
import { openPostgres } from '../../../src/platform/postgres.ts'
import { Region } from '../../../src/region/Region.ts'
import type { BeforeFill } from '../../../src/region/stateRows.ts'

/**
 * A process that fills regions as a verifier does, but takes as long as it is told between reading a key's state and
 * writing it. Asked by messages: `{ token, read: { region, keyId } }`, later `{ token, write: true }`; each is
 * answered by `{ token, done }`, where false says that the state was not written.
 */
const urls = new Map([
  ['primary', process.env.REDIS_URL ?? ''],
  ...(process.env.REGIONS ?? '').split(',').map((entry) => entry.split('=') as [string, string]),
])
const log = createLog('silent', { process: 'slow-filler' })
const orm = await openPostgres(process.env.DATABASE_URL ?? '', { poolMax: 5 })
const regions = new Map(
  [...urls].map(([name, url]) => [
    name,
    new Region({ name, url, kind: name === 'primary' ? 'primary' : 'leased' }, log),
  ]),
)

type Held = { region: Region; before: BeforeFill; states: Awaited<ReturnType<typeof readKeyStates>> }
const held = new Map<number, Held>()

async function read(token: number, asked: { region: string; keyId: string }): Promise<boolean> {
  const region = regions.get(asked.region)
  if (!region) return false
  const before = await region.beforeFill()
  const states = await readKeyStates(orm.em.fork(), 'id', [asked.keyId], new Date(), asked.region)
  held.set(token, { region, before, states })
  return states.length > 0
}

async function write(token: number): Promise<boolean> {
  const one = held.get(token)
  held.delete(token)
  if (!one) return false
  // A verifier whose connection was lost sends the same again on the next one.
  await one.region.ready(5_000)
  return one.region.putStates(one.states, one.before)
}

type Asked = { token: number; read?: { region: string; keyId: string } }
process.on('message', ({ token, read: asked }: Asked) => {
  const doing = asked ? read(token, asked) : write(token)
  doing
    .catch(() => false)
    .then((done) => {
      if (process.connected) process.send?.({ token, done })
    })
})
process.on('disconnect', () => process.exit())
