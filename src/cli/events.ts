import { setTimeout as delay } from 'node:timers/promises'
import { Command as Cli } from 'commander'
import { positionOfLatest, readEvents } from '../domain/events/eventStore.ts'
import { EVENT_TYPE_NAMES, type EventType } from '../domain/events/eventTypes.ts'
import { type LifecycleEvent, presentEvent } from '../domain/events/presentEvent.ts'
import { EventRelay } from '../platform/EventRelay.ts'
import { withService } from './withService.ts'

const PAUSE_MS = 500
const PAGE = 1_000
/** Events that are shown first. */
const LATEST = 20

type Options = { after?: string; types?: string; account?: string; once?: boolean }

/** `events …`: the record of lifecycle events. */
export function eventCommands(): Cli {
  const events = new Cli('events').description('Lifecycle events')

  events
    .command('tail')
    .description('print events in order, then follow; with --json one line each')
    .option('--after <cursor>', 'begin after this `nextCursor` or event ID (default: the latest 20)')
    .option('--types <list>', 'only these, separated by commas')
    .option('--account <accountId>', 'only events of this account')
    .option('--once', 'stop at the end')
    .action((options: Options, command: Cli) => tail(options, isJson(command)))
  return events
}

const isJson = (command: Cli) => command.optsWithGlobals<{ json?: boolean }>().json === true

async function tail({ after: from, types, account, once = false }: Options, json: boolean): Promise<void> {
  if (from !== undefined && !/^(\d{1,18}|evt_\w{1,60})$/.test(from))
    throw new Error('--after: must be a `nextCursor` or the ID of an event.')
  const wanted = types?.split(',').map(readType)
  await withService(async ({ orm, em }) => {
    const relay = new EventRelay(orm)
    await relay.relay()
    let after = from ?? (await positionOfLatest(em, LATEST))
    for (;;) {
      const query = { after, types: wanted, accountId: account, limit: PAGE }
      const { events, next } = await readEvents(em.fork(), query)
      for (const event of events.map(presentEvent)) process.stdout.write(`${lineOf(event, json)}\n`)
      const isEnd = next === after || events.length === 0
      after = next
      if (isEnd && once) return
      if (isEnd) await delay(PAUSE_MS)
      await relay.relay()
    }
  })
}

const lineOf = (event: LifecycleEvent, json: boolean) =>
  json
    ? JSON.stringify(event)
    : [event.time, event.accountid, event.sequence, event.type, event.subject].join('  ')

function readType(text: string): EventType {
  const found = EVENT_TYPE_NAMES.find((name) => name === text.trim())
  if (!found)
    throw new Error(`--types: there is no event type "${text}". There are ${EVENT_TYPE_NAMES.join(', ')}.`)
  return found
}
