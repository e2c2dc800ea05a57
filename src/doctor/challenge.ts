import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SecretsKeys } from '../platform/secretsKeys.ts'

/** The request header by which `bin/keys doctor` shows a process that both have the same SECRETS_KEY. */
export const CHALLENGE_HEADER = 'x-doctor-challenge'

/** What an api says about a request that carries a challenge; to nobody else. */
export type Introduction = {
  /** Whom the service takes the caller for. */
  address: string
  /** The other end of its connection. */
  peer: { address: string; port: number }
  forwardedFor: string | null
  /** Whether the connection comes from TRUSTED_PROXIES. */
  believes: boolean
  publicUrl: string | null
}

/** `introduction`: JSON, as it is signed. */
export type SignedIntroduction = { introduction: string; proof: string }

/** How old a challenge may be, and how far the clocks of both machines may differ, in ms. */
const VALID_MS = 5 * 60_000

/**
 * Both sides prove that they have a secrets key, and neither shows it: HMAC-SHA-256 under a key derived from it (HKDF,
 * RFC 5869, a label of its own). Any key will do, the current one or one for reading. Whoever repeats a challenge that
 * they have seen learns about their own request only.
 */
export function createChallenges(secrets: SecretsKeys) {
  const keys = secrets.map(({ bytes }) =>
    Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), 'doctor', 32)),
  )
  const mac = (key: Buffer | undefined, ...parts: string[]) =>
    createHmac('sha256', key ?? '')
      .update(parts.join('\n'))
      .digest()
  /** The key under which this was proven. */
  const keyOf = (given: string, ...parts: string[]): Buffer | undefined => {
    const bytes = Buffer.from(given, 'base64url')
    return keys.find((key) => {
      const expected = mac(key, ...parts)
      return bytes.length === expected.length && timingSafeEqual(bytes, expected)
    })
  }
  const parse = (challenge: string) => /^((\d{1,15})\.[\w-]{1,64})\.([\w-]{1,64})$/.exec(challenge) ?? []
  return {
    ask(now: number): string {
      const question = `${now}.${randomBytes(16).toString('base64url')}`
      return `${question}.${mac(keys[0], 'ask', question).toString('base64url')}`
    },
    accepts(challenge: string, now: number): boolean {
      const [, question = '', at = '', proof = ''] = parse(challenge)
      return keyOf(proof, 'ask', question) !== undefined && Math.abs(now - Number(at)) <= VALID_MS
    },
    /** Under the key of the challenge, which its sender has. */
    answer(challenge: string, introduction: Introduction): SignedIntroduction {
      const text = JSON.stringify(introduction)
      const [, question = '', , proof = ''] = parse(challenge)
      const key = keyOf(proof, 'ask', question) ?? keys[0]
      return { introduction: text, proof: mac(key, 'answer', challenge, text).toString('base64url') }
    },
    /** Undefined where the answer does not prove that its sender has the secrets key. */
    read(
      challenge: string,
      { introduction, proof }: Partial<Record<string, unknown>>,
    ): Introduction | undefined {
      if (typeof introduction !== 'string' || typeof proof !== 'string') return undefined
      return keyOf(proof, 'answer', challenge, introduction) ? JSON.parse(introduction) : undefined
    },
  }
}
