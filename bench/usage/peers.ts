import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import { onCore } from '../startProcess.ts'
import type { UsageEvent } from './events.ts'

export const NAIVE_QUEUE = 'naive'
export type PeerName = 'naive' | 'rows' | 'batches'

export const PEER_TABLES = `
  create table naive_minute (
    key_id text not null, account_id text not null, at timestamptz not null, requests bigint not null,
    client_errors bigint not null, server_errors bigint not null, latency_sum double precision not null,
    primary key (key_id, at)
  );
  create table event_row (
    id text primary key, account_id text not null, key_id text not null, at timestamptz not null, status integer not null,
    latency_ms double precision, ip inet, endpoint text, method text
  );
  create index event_row_key on event_row (key_id, at);
  create index event_row_account on event_row (account_id, at)`

export type Peer = {
  pid: number
  /** Has it insert these; resolves with the seconds that it took. */
  insert: (events: UsageEvent[]) => Promise<number>
  stop: () => Promise<void>
}

/**
 * Starts another way to count as a process of its own, on one core where one is given. `naive` begins to take jobs at
 * once.
 */
export async function startPeer(name: PeerName, env: NodeJS.ProcessEnv, core?: number): Promise<Peer> {
  const [command = '', ...args] = [...onCore(core), process.execPath]
  const child = fork(join(root, 'bench/usage/peerProcess.ts'), [name], {
    env: { ...process.env, ...env },
    execPath: command,
    execArgv: args,
  })
  await once(child, 'message')
  return {
    pid: child.pid ?? 0,
    insert: async (events) => {
      child.send(events)
      const [{ seconds }] = await once(child, 'message')
      return seconds
    },
    stop: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
