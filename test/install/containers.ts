import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endWithUs } from '../../src/dev/endWithUs.ts'
import { eventually } from '../support/eventually.ts'

const run = promisify(execFile)

export type Image = {
  name: string
  /** Where its files are. */
  files: string
  /** Of everything in it, in bytes on the disk. */
  size: number
  config: {
    User: string
    Env: string[]
    Entrypoint: string[]
    Cmd: string[] | null
    WorkingDir: string
    Healthcheck?: { Test: string[] }
  }
}

/** The images in the store that build-images.sh has filled. */
export function openImages(store: string) {
  const buildah = async (...args: string[]) => {
    const env = { ...process.env, STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' }
    const where = ['--root', join(store, 'storage'), '--runroot', join(store, 'run')]
    const { stdout } = await run('buildah', [...where, ...args], { env, maxBuffer: 64e6 })
    return stdout.trim()
  }
  const working: string[] = []
  return {
    open: async (name: string): Promise<Image> => {
      const container = await buildah('from', name)
      working.push(container)
      const files = await buildah('mount', container)
      const { stdout } = await run('du', ['-s', '--block-size=1', files])
      const { Docker } = JSON.parse(await buildah('inspect', '--type', 'image', name))
      return { name, files, size: Number.parseInt(stdout, 10), config: Docker.config }
    },
    close: async () => {
      for (const container of working.splice(0)) await buildah('rm', container)
    },
  }
}

/**
 * What an engine does for `read_only`, `tmpfs: [/tmp]`, `cap_drop: [ALL]` and `no-new-privileges`: its own processes
 * and mounts, the image as a root that cannot be written, its user. The network is this machine's.
 * $1: the files; $2: the user; $3: the folder to be in; the rest: NAME=value of the environment, and the command.
 */
const ENTER = `set -e
files="$1" user="$2" folder="$3"
shift 3
mount --make-rprivate /
mount --bind "$files" "$files"
mount --rbind /dev "$files/dev"
mount -t proc proc "$files/proc"
mount -t tmpfs tmpfs "$files/tmp"
mount -o remount,bind,ro "$files"
exec chroot "$files" setpriv --reuid "\${user%:*}" --regid "\${user#*:}" --clear-groups --no-new-privs \
  --bounding-set -all --inh-caps -all env --ignore-environment --chdir "$folder" "$@"`

type Run = { entrypoint?: string[]; command?: string[]; env?: Record<string, string> }

/** What engines set where an image does not. */
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const environmentOf = (image: Image, env: Record<string, string>) => [
  PATH,
  ...image.config.Env,
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
]

/** The words that run an image in the foreground. */
export function containerWords(image: Image, { entrypoint, command, env = {} }: Run): string[] {
  const { Entrypoint, Cmd, User, WorkingDir } = image.config
  return [
    ...['unshare', '--mount', '--pid', '--fork', '--kill-child=KILL', '--', 'sh', '-c', ENTER, 'sh'],
    ...[image.files, User, WorkingDir, ...environmentOf(image, env)],
    ...[...(entrypoint ?? Entrypoint), ...(command ?? Cmd ?? [])],
  ]
}

export type Container = {
  /** Of the first process in it, as this machine sees it. */
  pid: number
  output: () => string
  /** Runs another command in it, as `docker exec` does; resolves with its exit code and what it wrote. */
  exec: (...command: string[]) => Promise<{ code: number; output: string }>
  /** SIGTERM to its first process; resolves with its exit code. */
  stop: () => Promise<number | null>
}

/** Starts an image. It ends with this process. */
export async function startContainer(image: Image, options: Run): Promise<Container> {
  const [program = '', ...args] = containerWords(image, options)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const release = endWithUs(child.pid ?? 0, 'KILL')
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  exited.then(release)
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (written += data))
  const { pid } = child
  const first = await eventually(
    async () => Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')),
    (found) => found > 0 || child.exitCode !== null,
  )
  const { WorkingDir, User } = image.config
  const [user = '', group = ''] = User.split(':')
  const environment = environmentOf(image, options.env ?? {})
  return {
    pid: first,
    output: () => written,
    exec: (...command) =>
      run('nsenter', [
        ...['--target', String(first), '--mount', '--pid', '--root', '--setuid', user, '--setgid', group],
        ...['env', '--ignore-environment', '--chdir', WorkingDir, ...environment, ...command],
      ]).then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
      ),
    stop: () => {
      process.kill(first, 'SIGTERM')
      return exited
    },
  }
}

/** The processor time that a process has used, in ms, and the memory that it holds, in bytes. */
export async function usageOf(pid: number): Promise<{ cpuMs: number; memory: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // After the name, which may have spaces: the 12th and 13th further fields, in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    memory: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024,
  }
}
