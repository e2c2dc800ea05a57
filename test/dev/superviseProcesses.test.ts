import { expect, it, onTestFinished, vi } from 'vitest'
import { commandLine } from '../../src/dev/commandLine.ts'
import { superviseProcesses } from '../../src/dev/superviseProcesses.ts'

function supervise(boundMs?: number) {
  const lines: string[] = []
  const supervisor = superviseProcesses({
    cwd: '/',
    write: (line) => void lines.push(line),
    colour: false,
    boundMs,
  })
  onTestFinished(() => supervisor.stop())
  const saw = (text: string) =>
    vi.waitFor(() => expect(lines).toContainEqual(expect.stringContaining(text)), 10_000)
  const node = (name: string, script: string) =>
    supervisor.start({ name, command: `exec ${process.execPath} -e "${script}"` }, { ...process.env })
  return { supervisor, lines, saw, node }
}

/** Prints its pid, and the signals it gets; ends at SIGTERM. */
const SERVER = `
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => console.log('got', name));
  process.on('SIGTERM', () => setImmediate(() => process.exit()));
  setInterval(() => {}, 1e6); console.log('pid', process.pid)`.replaceAll('\n', ' ')

function pidIn(lines: string[]): number {
  return Number(/pid (\d+)/.exec(lines.join('\n'))?.[1])
}

it('puts the name before each line, and stops with exactly one SIGTERM', async () => {
  const { supervisor, lines, saw, node } = supervise()
  node('one', SERVER)
  await saw('pid')
  const pid = pidIn(lines)
  supervisor.settle()
  await supervisor.stop()
  expect(lines).toEqual([`one      | pid ${pid}`, 'one      | got SIGTERM'])
  expect(await commandLine(pid)).toBeUndefined()
})

it('kills what does not stop within the bound', async () => {
  const { supervisor, lines, saw, node } = supervise(50)
  node('deaf', `process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('pid', process.pid)`)
  await saw('pid')
  await supervisor.stop()
  expect(await commandLine(pidIn(lines))).toBeUndefined()
})

it('leaves nothing of what a process has started itself', async () => {
  const { supervisor, lines, saw } = supervise()
  supervisor.start({ name: 'shell', command: 'sleep 600 & echo "pid $!"; wait' }, process.env)
  await saw('pid')
  await supervisor.stop()
  await vi.waitFor(async () => expect(await commandLine(pidIn(lines))).toBeUndefined())
})

it('fails with the last output when a process ends during start-up', async () => {
  const { supervisor, node } = supervise()
  node('bad', `console.error('no database'); process.exit(3)`)
  await expect(supervisor.failed).rejects.toThrow('bad ended during start-up (status 3):\nno database')
})

it('fails when there is no such program', async () => {
  const { supervisor } = supervise()
  supervisor.start({ name: 'bad', command: '/no/such/program' }, process.env)
  await expect(supervisor.failed).rejects.toThrow('ENOENT')
})

it('starts a process again that ends later', async () => {
  const { supervisor, lines, saw, node } = supervise()
  node('one', SERVER)
  await saw('pid')
  supervisor.settle()
  process.kill(pidIn(lines), 'SIGKILL')
  await saw('ended (SIGKILL); starting it again in 0.5 s')
  await vi.waitFor(() => expect(lines.filter((line) => line.includes('| pid'))).toHaveLength(2), 10_000)
})
