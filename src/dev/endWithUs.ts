import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/**
 * Sends `signal` to `pid` (a negative one: to its process group) when this process dies, however it dies: a shell
 * waits for the end of a pipe whose other end only we hold. `remove` is a folder to delete once `pid` is gone.
 * The caller runs the returned function when the process has ended by itself.
 */
export function endWithUs(pid: number, signal: 'INT' | 'TERM' | 'KILL', remove?: string): () => void {
  const script = `read -r _
kill -s "$1" -- "$2"
[ -n "$3" ] || exit
for _ in $(seq 200); do kill -0 -- "$2" || break; sleep 0.1; done
rm -rf -- "$3"`
  const watcher = spawn('sh', ['-c', script, 'sh', signal, String(pid), remove ?? ''], {
    // Its own group: Ctrl-C in a terminal must not end it before its time.
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.unref()
  ;(watcher.stdin as Socket).unref()
  watcher.on('error', () => {})
  return () => {
    watcher.kill('SIGKILL')
  }
}
