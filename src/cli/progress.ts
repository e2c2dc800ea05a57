import type { Command } from 'commander'

/** How far long work is. Everything goes to stderr: stdout belongs to the result. */
export type Progress = {
  /** Units done since the last call. */
  advance: (by?: number) => void
  /** Leaves the terminal as it was. Call it whatever becomes of the work. */
  end: () => void
}

export type Work = {
  /** What is done, as the line shows it: `Importing keys`. */
  title: string
  /** What is counted: `keys`. */
  unit: string
  /** Units in all, where that is known before. */
  total?: number
}

type Output = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number }

/** A log gets a line this often; work that is quicker leaves none. */
const LINE_MS = 10_000
const BAR = 24

/** A bar on a terminal, a line every ten seconds elsewhere, and nothing on a terminal with `--json`. */
export async function showProgress(
  command: Command,
  work: Work,
  { output = process.stderr as Output, now = () => performance.now() } = {},
): Promise<Progress> {
  const { json } = command.optsWithGlobals<{ json?: boolean }>()
  // A terminal without a width, or a dumb one, cannot be drawn on.
  if (!output.isTTY || !output.columns || process.env.TERM === 'dumb') return inLines(work, output, now)
  return json ? { advance: () => {}, end: () => {} } : onTerminal(work, output as NodeJS.WriteStream)
}

function inLines(work: Work, output: Output, now: () => number): Progress {
  let done = 0
  let toldAt = now()
  return {
    advance: (by = 1) => {
      done += by
      if (now() - toldAt < LINE_MS) return
      toldAt = now()
      output.write(`${work.title}: ${counted(work, done)}\n`)
    },
    end: () => {},
  }
}

async function onTerminal(work: Work, stream: NodeJS.WriteStream): Promise<Progress> {
  const { default: ora } = await import('ora')
  // What is piped in is what the work reads.
  const spinner = ora({ text: work.title, stream, isEnabled: true, discardStdin: false }).start()
  let done = 0
  return {
    advance: (by = 1) => {
      done += by
      spinner.text = `${work.title} ${barOf(work, done)}${counted(work, done)}`
    },
    end: () => {
      spinner.stop()
    },
  }
}

function barOf({ total }: Work, done: number): string {
  if (!total) return ''
  const filled = Math.min(BAR, Math.floor((BAR * done) / total))
  return `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} `
}

/** `1,200 of 5,000 keys (24 %)` */
function counted({ unit, total }: Work, done: number): string {
  const number = (value: number) => value.toLocaleString('en-US')
  if (!total) return `${number(done)} ${unit}`
  return `${number(done)} of ${number(total)} ${unit} (${Math.floor((100 * done) / total)} %)`
}
