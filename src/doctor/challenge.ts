import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

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
 * Both sides prove that they have SECRETS_KEY, and neither shows it: HMAC-SHA-256 under a key derived from it (HKDF,
 * RFC 5869, a label of its own). Whoever repeats a challenge that they have seen learns about their own request only.
 */
export function createChallenges(secretsKey: string) {
  const master = Buffer.from(secretsKey, 'base64')
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'doctor', 32))
  const mac = (...parts: string[]) => createHmac('sha256', key).update(parts.join('\n')).digest()
  const matches = (given: string, ...parts: string[]) => {
    const bytes = Buffer.from(given, 'base64url')
    const expected = mac(...parts)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  }
  return {
    ask(now: number): string {
      const question = `${now}.${randomBytes(16).toString('base64url')}`
      return `${question}.${mac('ask', question).toString('base64url')}`
    },
    accepts(challenge: string, now: number): boolean {
      const [, question = '', at = '', proof = ''] =
        /^((\d{1,15})\.[\w-]{1,64})\.([\w-]{1,64})$/.exec(challenge) ?? []
      return matches(proof, 'ask', question) && Math.abs(now - Number(at)) <= VALID_MS
    },
    answer(challenge: string, introduction: Introduction): SignedIntroduction {
      const text = JSON.stringify(introduction)
      return { introduction: text, proof: mac('answer', challenge, text).toString('base64url') }
    },
    /** Undefined where the answer does not prove that its sender has SECRETS_KEY. */
    read(
      challenge: string,
      { introduction, proof }: Partial<Record<string, unknown>>,
    ): Introduction | undefined {
      if (typeof introduction !== 'string' || typeof proof !== 'string') return undefined
      return matches(proof, 'answer', challenge, introduction) ? JSON.parse(introduction) : undefined
    },
  }
}
