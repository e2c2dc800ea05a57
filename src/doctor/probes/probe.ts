import { lookup } from 'node:dns/promises'
import { isPublicAddress } from '../../domain/notifications/publicAddress.ts'
import { factsOf } from '../../platform/errorFacts.ts'
import { TimedOut, within } from '../../platform/within.ts'
import type { ClockFact, Probed, ProbeFailure } from '../Facts.ts'

/** How long one probe may take, in ms. One that takes longer is itself a finding. */
export const PROBE_MS = 5_000

const CERTIFICATE =
  /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO|self-signed|certificate/

/** The outcome of `ask` as facts. Never throws, and never takes longer than `PROBE_MS`. */
export async function probe<Value>(
  ask: () => Promise<Value>,
  { kindOf, secret }: { kindOf?: (error: unknown) => ProbeFailure['kind'] | undefined; secret?: string } = {},
): Promise<Probed<Value>> {
  try {
    return { ok: true, value: await within(PROBE_MS, ask(), late) }
  } catch (error) {
    const kind = kindOf?.(error) ?? (isOfTls(error) ? 'tls' : 'away')
    return { ok: false, failure: { kind, reason: reasonOf(error, secret) } }
  }
}

const late = () => new TimedOut(`No answer within ${PROBE_MS / 1_000} s.`)

/** What may be shown of an error: never `secret`, nor a URL. */
export function reasonOf(error: unknown, secret = ''): string {
  if (error instanceof TimedOut) return error.message
  const { code, message } = factsOf(error)
  if (code === 'ABORT_ERR') return late().message
  const text = [code, message]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .filter((part, place, all) => place > 0 || !all[1]?.includes(part))
    .join(': ')
  const line = text.split(/\n|; if the root CA/, 1)[0] || 'It failed without a reason.'
  return secret.length < 4 ? line : line.replaceAll(secret, '[redacted]')
}

/** The password of a URL, as it is sent. */
export function passwordOf(url: string): string {
  const { password } = new URL(url)
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}

export function isOfTls(error: unknown): boolean {
  const { code, message } = factsOf(error)
  return CERTIFICATE.test(`${code ?? ''} ${message ?? ''}`)
}

/** Whether no address of the host can be reached from outside. */
export async function isPrivateHost(host: string): Promise<boolean> {
  const addresses = await lookup(host.replace(/^\[|\]$/g, ''), { all: true })
  return addresses.every(({ address }) => !isPublicAddress(address))
}

const READINGS = 3

/** How far another clock is ahead of ours: the best of three readings, each between two of ours. In Unix ms. */
export async function compareClock(readOther: () => Promise<number>): Promise<ClockFact> {
  let best: ClockFact = { aheadMs: 0, uncertainMs: Number.POSITIVE_INFINITY }
  for (let reading = 0; reading < READINGS; reading++) {
    const before = Date.now()
    const other = await readOther()
    const after = Date.now()
    // Both clocks are read in whole ms.
    const uncertainMs = (after - before) / 2 + 1
    if (uncertainMs < best.uncertainMs) best = { aheadMs: other - (before + after) / 2, uncertainMs }
  }
  return best
}
