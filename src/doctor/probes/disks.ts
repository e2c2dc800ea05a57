import { statfs } from 'node:fs/promises'
import { isIP } from 'node:net'
import { isMovingUrl, urlOfShard } from '../../platform/redisUrl.ts'
import { within } from '../../platform/within.ts'
import type { DiskFact } from '../Facts.ts'

/** A network's disk may hang. */
const BOUND_MS = 1_000

/** The disks of these folders, as far as they are on this machine and can be seen. */
export async function probeDisks(folders: { what: string; path: string | undefined }[]): Promise<DiskFact[]> {
  const disks = await Promise.all(
    folders.map(async ({ what, path }) => {
      if (!path) return []
      const seen = await within(BOUND_MS, statfs(path)).catch(() => undefined)
      if (!seen) return []
      const { bavail, blocks, bsize } = seen
      return [{ what, path, freeBytes: bavail * bsize, totalBytes: blocks * bsize }]
    }),
  )
  return disks.flat()
}

/** Whether a URL's host is this machine. */
export function isThisMachine(url: string | undefined): boolean {
  if (url === undefined || isMovingUrl(url)) return false
  const host = new URL(urlOfShard(url, 0)).hostname.replace(/^\[|\]$/g, '')
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
