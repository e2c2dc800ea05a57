import type { IncomingMessage } from 'node:http'
import { CHALLENGE_HEADER, createChallenges, type SignedIntroduction } from '../doctor/challenge.ts'
import { readSecretsKeys } from '../platform/secretsKeys.ts'
import type { ApiContext } from './context.ts'

/**
 * What `/livez` adds for `bin/keys doctor`: whom this process takes the caller for. Only somebody with SECRETS_KEY gets
 * it; for everybody else `/livez` is as always.
 */
export function createIntroduce(
  api: ApiContext,
): (request: IncomingMessage) => SignedIntroduction | undefined {
  const challenges = createChallenges(readSecretsKeys(api.env))
  return (request) => {
    const challenge = request.headers[CHALLENGE_HEADER]
    if (typeof challenge !== 'string' || !challenges.accepts(challenge, api.now().getTime())) return undefined
    const { remoteAddress = '', remotePort = 0 } = request.socket
    const forwardedFor = request.headers['x-forwarded-for']
    return challenges.answer(challenge, {
      address: api.clientIp(request),
      peer: { address: remoteAddress, port: remotePort },
      forwardedFor: typeof forwardedFor === 'string' ? forwardedFor.slice(0, 1_000) : null,
      believes: api.clientIp.believes(request),
      publicUrl: api.env.PUBLIC_URL ?? null,
    })
  }
}
