/** bin/dev: runs the whole service on this machine. */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type DevState, stateVariables } from './DevState.ts'
import { dataDirectory, isDataDirectoryLocked, lockDataDirectory, readState } from './dataDir.ts'
import { runCommand } from './runCommand.ts'
import { shellExports } from './shellExports.ts'
import { startAll } from './startAll.ts'
import { welcomeText } from './welcomeText.ts'

const USAGE = `Usage: bin/dev [--once-ready CMD | --env]

  (nothing)          run everything until Ctrl-C
  --once-ready CMD   run everything, then CMD by sh, then stop everything; ends with CMD's status
  --env              print, for a shell's eval, the variables of the bin/dev that runs now

State is kept in DATA_DIR (.data). DATABASE_URL and REDIS_URL, when set, are used instead of own servers.
CMD and --env get API_URL, ADMIN_KEY, SERVICE_TOKEN, OPERATOR_TOKEN, DATABASE_URL, REDIS_URL, RENDER_URL, COMPANY_URL,
OPERATOR_URL, OPERATOR_USER, OPERATOR_PASSWORD, EMAIL and PASSWORD. PORT, RENDER_PORT and COMPANY_PORT set the ports
(3000, 3100 and 3200 when free).
`

/** npm passes a terminal's Ctrl-C on, so the same one may come twice within this. */
const SAME_SIGNAL_MS = 1_000

process.exitCode = await main()
// Kept-alive connections of the start would hold the process for some seconds.
process.stdout.write('', () => process.exit())

async function main(): Promise<number> {
  const options = {
    'once-ready': { type: 'string' },
    env: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const
  let flags: { 'once-ready'?: string; env?: boolean; help?: boolean }
  try {
    flags = parseArgs({ options }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    return 2
  }
  if (flags.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const dataDir = dataDirectory()
  if (flags.env) return printEnv(dataDir)
  await mkdir(dataDir, { recursive: true })
  if (!lockDataDirectory(dataDir)) {
    const running = await readState<DevState>(dataDir, 'dev.json')
    console.error(`bin/dev already runs on ${dataDir}${running ? `, at ${running.apiUrl}` : ''}`)
    return 1
  }
  return run(dataDir, flags['once-ready'])
}

async function printEnv(dataDir: string): Promise<number> {
  const state = isDataDirectoryLocked(dataDir) ? await readState<DevState>(dataDir, 'dev.json') : undefined
  if (!state) {
    console.error(`No bin/dev is ready on ${dataDir}`)
    return 1
  }
  process.stdout.write(shellExports(stateVariables(state)))
  return 0
}

async function run(dataDir: string, command: string | undefined): Promise<number> {
  const signal = stopSignal()
  // In this mode stdout is the command's alone.
  const output =
    command === undefined ? process.stdout : createWriteStream(join(dataDir, 'dev.log'), { mode: 0o600 })
  const write = (line: string) => void output.write(`${line}\n`)
  const stops: (() => Promise<unknown>)[] = []
  let isReady = false
  try {
    const state = await startAll({
      dataDir,
      write,
      colour: command === undefined && process.stdout.isTTY && !process.env.NO_COLOR,
      signal,
      onStop: (stop) => stops.push(stop),
    })
    isReady = true
    if (command !== undefined)
      return await runCommand(command, { ...process.env, ...stateVariables(state) }, signal)
    write(welcomeText(state))
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return 0
  } catch (error) {
    if (signal.aborted) return isReady ? 0 : 128 + constants.signals[signal.reason as NodeJS.Signals]
    console.error(error instanceof Error ? error.message : error)
    if (command !== undefined) console.error(`The whole output is in ${join(dataDir, 'dev.log')}`)
    return 1
  } finally {
    if (command === undefined) write('Stopping …')
    for (const stop of stops.reverse()) await stop()
  }
}

/** Aborts at the first SIGINT, SIGTERM or SIGHUP, with its name; a further one ends this process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  let firstAt = 0
  const onSignal = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      firstAt = Date.now()
      controller.abort(name)
    } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
      process.exit(1)
    }
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  // The terminal, or the reader of a pipe, has gone.
  process.stdout.on('error', () => onSignal('SIGHUP'))
  process.stderr.on('error', () => {})
  return controller.signal
}
