import { once } from 'node:events'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { canonicalAddress } from '../../domain/addresses.ts'
import type { SecretsKeys } from '../../platform/secretsKeys.ts'
import { CHALLENGE_HEADER, createChallenges } from '../challenge.ts'
import type { Probed, PublicUrlAnswer } from '../Facts.ts'
import { PROBE_MS, probe } from './probe.ts'

/** An address that nobody has (RFC 5737), which the probe claims to come from: a service that believes it is wrong. */
export const FORGED_ADDRESS = '192.0.2.1'

/** More than `/livez` ever returns. */
const MAX_CHARACTERS = 16_384

/** Asks `/livez` through PUBLIC_URL who answers there, and whom it takes us for. */
export function probePublicUrl(publicUrl: string, secrets: SecretsKeys): Promise<Probed<PublicUrlAnswer>> {
  return probe(async () => {
    const challenges = createChallenges(secrets)
    const challenge = challenges.ask(Date.now())
    const url = new URL(`${publicUrl.replace(/\/+$/, '')}/livez`)
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      agent: false,
      signal: AbortSignal.timeout(PROBE_MS),
      headers: {
        [CHALLENGE_HEADER]: challenge,
        'X-Forwarded-For': FORGED_ADDRESS,
        Accept: 'application/json',
      },
    })
    request.end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const { socket, headers, statusCode = 0 } = response
    const { localAddress = '', localPort } = socket
    const certificate = certificateOf(socket as TLSSocket)
    const introduction = challenges.read(challenge, parse(await readText(response)))
    const peer = introduction?.peer
    return {
      status: statusCode,
      location: headers.location,
      isDirect:
        peer?.port === localPort && canonicalAddress(peer?.address ?? '') === canonicalAddress(localAddress),
      introduction,
      certificate,
    }
  })
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_CHARACTERS) break
  }
  return text
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function certificateOf(socket: TLSSocket): PublicUrlAnswer['certificate'] {
  if (!socket.encrypted) return undefined
  const { valid_from, valid_to } = socket.getPeerCertificate()
  return { validFrom: Date.parse(valid_from), validTo: Date.parse(valid_to) }
}
