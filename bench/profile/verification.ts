import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeys } from '../createKeys.ts'
import { runWrk } from '../runWrk.ts'
import { type HttpProcess, startBare } from '../startProcess.ts'
import { startService } from '../startService.ts'
import { profiled, readNodeParts, watchNode } from './nodeParts.ts'
import { type Column, renderParts } from './render.ts'

/** The api's part of a verification by HTTP, beside the bare servers, under the load of `verification/http.ts`. */
export async function profileVerification({ seconds }: { seconds: number }): Promise<string> {
  const columns = [
    ...(await compare('forwardAuth', 'http', ['bare `node:http`', '`/forward-auth`'], seconds)),
    ...(await compare('verify', 'body', ['bare that parses the body', '`/verify`'], seconds)),
  ]
  return renderParts({ of: 'a request', in: 'µs' }, columns)
}

/** One load on the bare server and on ours, each alone. */
async function compare(
  script: string,
  bareKind: string,
  [bareHead, head]: [string, string],
  seconds: number,
): Promise<Column[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-profile-'))
  const service = await startService({ api: { nodeArgs: profiled(folder) } })
  try {
    const { file, serviceToken } = await service.withWorker(() => createKeys(service))
    const bare = await startBare(bareKind, { nodeArgs: profiled(folder) })
    const measure = async ({ url, pid, stop }: HttpProcess) => {
      const load = (duration: number) =>
        runWrk({ url, script, connections: 64, seconds: duration, args: [file, serviceToken] })
      await load(2)
      const end = await watchNode(pid)
      const { answered } = await load(seconds)
      const watched = await end()
      await stop()
      return readNodeParts(folder, watched, answered)
    }
    return [
      { head: bareHead, parts: await measure(bare) },
      { head, parts: await measure(service.api) },
    ]
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
