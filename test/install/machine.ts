import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { endWithUs } from '../../src/dev/endWithUs.ts'
import { eventually } from '../support/eventually.ts'

const run = promisify(execFile)

/**
 * A small Debian with systemd, booted: processes, mounts and control groups of its own, this machine's network, and
 * this checkout, read-only, at /opt/pictify-keys. What it writes is in $2 and gone with it. $1: the system; $3: the
 * checkout.
 */
const BOOT = `set -e
system="$1" folder="$2" checkout="$3"
mount --make-rprivate /
mount -t tmpfs tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=$system,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do touch "dev/$device"; mount --bind "/dev/$device" "dev/$device"; done
ln -s /proc/self/fd dev/fd
mkdir -p dev/shm dev/pts opt/pictify-keys
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount --rbind "$checkout" opt/pictify-keys
mount -o remount,bind,ro opt/pictify-keys
mkdir old
pivot_root . old
umount -l old
rmdir old
exec env --ignore-environment container=check PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system`

/** What would fetch packages, and what asks for a terminal or a bus. */
const MASKED = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'console-getty.service',
  'systemd-logind.service',
  'e2scrub_all.timer',
]

export type Machine = {
  /** The words that run something in it, for a shell of ours. */
  words: (...command: string[]) => string[]
  /** Runs a script in it as root. Throws with what it wrote when it fails. */
  sh: (script: string) => Promise<string>
  /** Its process of that ID, as this machine sees it. */
  pidHere: (pid: number) => Promise<number>
  stop: () => Promise<void>
}

/** Boots the system in the store, which is made the first time. Needs root. */
export async function bootMachine(store: string): Promise<Machine> {
  const system = await makeSystem(join(store, 'machine'))
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-machine-'))
  const group = await makeControlGroup()
  const enter = `echo $$ > ${group}/cgroup.procs; exec unshare --cgroup --mount --pid --ipc --uts --fork --kill-child=KILL -- sh -c "$0" sh "$@"`
  const child = spawn('sh', ['-c', enter, BOOT, system, folder, root], { stdio: ['ignore', 'pipe', 'pipe'] })
  const release = endWithUs(child.pid ?? 0, 'KILL')
  const exited = once(child, 'exit')
  exited.then(release)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  const { pid } = child
  const children = async () =>
    (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).trim()
  const first = await eventually(children, (found) => found !== '' || child.exitCode !== null)
  const words = (...command: string[]) => [
    ...[
      'nsenter',
      '--target',
      first,
      '--mount',
      '--pid',
      '--ipc',
      '--uts',
      '--cgroup',
      '--root',
      '--wd',
      '--',
    ],
    ...command,
  ]
  const sh = async (script: string) => {
    const [program = '', ...args] = words('sh', '-euc', script)
    const env = { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' }
    return run(program, args, { env, maxBuffer: 64e6 }).then(({ stdout }) => stdout)
  }
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
    await eventually(
      () =>
        run('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+']).then(
          () => true,
          () => false,
        ),
      (isGone) => isGone,
    )
  }
  await eventually(
    () => sh('systemctl is-system-running || true').catch((error) => String(error)),
    (state) => /running|degraded/.test(state) || child.exitCode !== null,
  ).catch(async (error) => {
    await stop()
    throw new Error(`${error}\n${output}`)
  })
  return { words, sh, stop, pidHere: (inner) => pidHere(Number(first), inner) }
}

async function makeSystem(path: string): Promise<string> {
  const isThere = await access(join(path, '.complete')).then(
    () => true,
    () => false,
  )
  if (isThere) return path
  await rm(path, { recursive: true, force: true })
  const script = `suite="$(. /etc/os-release && echo "$VERSION_CODENAME")"
debootstrap --variant=minbase --include=systemd,dbus "$suite" "$1"
shift; for unit in "$@"; do ln -s /dev/null "$0/etc/systemd/system/$unit"; done
touch "$0/.complete"`
  await run('sh', ['-euc', script, path, path, ...MASKED], { maxBuffer: 64e6 })
  return path
}

/** Of the unified hierarchy, wherever this machine has it. */
async function makeControlGroup(): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'awk \'$3 == "cgroup2" { print $2; exit }\' /proc/mounts'])
  const group = join(stdout.trim(), `pictify-keys-${process.pid}`)
  await mkdir(group)
  return group
}

/** Which process of this machine has that ID in the machine whose first process is `first` here. */
async function pidHere(first: number, inner: number): Promise<number> {
  const { stdout } = await run('sh', [
    '-c',
    `grep -lE "^NSpid:.*[[:space:]]${inner}$" /proc/[0-9]*/status || true`,
  ])
  const namespace = (pid: string | number) =>
    run('readlink', [`/proc/${pid}/ns/pid`]).then(
      (done) => done.stdout,
      () => '',
    )
  const wanted = await namespace(first)
  for (const path of stdout.trim().split('\n')) {
    const pid = path.split('/')[2] ?? ''
    if ((await namespace(pid)) === wanted) return Number(pid)
  }
  throw new Error(`There is no process ${inner}`)
}
