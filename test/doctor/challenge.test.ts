import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createChallenges, type Introduction } from '../../src/doctor/challenge.ts'
import { readSecretsKeys } from '../../src/platform/secretsKeys.ts'
import { rotationSteps } from '../support/secretsKeys.ts'

const newKey = () => readSecretsKeys({ SECRETS_KEY: randomBytes(32).toString('base64') })
const key = newKey()
const [ours, theirs] = [createChallenges(key), createChallenges(newKey())]
const NOW = Date.UTC(2026, 10, 27)
const introduction: Introduction = {
  address: '203.0.113.9',
  peer: { address: '10.0.0.1', port: 4711 },
  forwardedFor: null,
  believes: true,
  publicUrl: null,
}

it('a challenge is accepted by who has the same SECRETS_KEY, for five minutes either way', () => {
  const challenge = ours.ask(NOW)
  expect(createChallenges(key).accepts(challenge, NOW)).toBe(true)
  expect([-300_000, 300_000].map((ms) => ours.accepts(challenge, NOW + ms))).toEqual([true, true])
  expect([-300_001, 300_001].map((ms) => ours.accepts(challenge, NOW + ms))).toEqual([false, false])
  expect(theirs.accepts(challenge, NOW)).toBe(false)
})

it.each(['', '.', '..', '1.2.3', 'x'.repeat(10_000)])(
  'what is no challenge is not accepted: %.20s',
  (text) => {
    expect(ours.accepts(text, NOW)).toBe(false)
  },
)

it('a challenge that somebody has changed is not accepted', () => {
  const [at, nonce, proof] = ours.ask(NOW).split('.')
  expect(ours.accepts(`${at}.${nonce}.${proof}`, NOW)).toBe(true)
  for (const changed of [`${NOW + 1}.${nonce}.${proof}`, `${at}.${nonce}x.${proof}`, `${at}.${nonce}.`])
    expect(ours.accepts(changed, NOW)).toBe(false)
})

it('an answer is believed for its own challenge, by the same key, and as it was signed', () => {
  const challenge = ours.ask(NOW)
  const answer = ours.answer(challenge, introduction)
  expect(ours.read(challenge, answer)).toEqual(introduction)
  expect(ours.read(ours.ask(NOW), answer)).toBeUndefined()
  expect(theirs.read(challenge, answer)).toBeUndefined()
  const forged = JSON.stringify({ ...introduction, address: '192.0.2.1' })
  expect(ours.read(challenge, { ...answer, introduction: forged })).toBeUndefined()
  expect(ours.read(challenge, { status: 'ok' })).toBeUndefined()
  // What an api has answered is no challenge.
  expect(ours.accepts(`${NOW}.${answer.proof}.${answer.proof}`, NOW)).toBe(false)
})

it.each(rotationSteps)('both sides prove it while keys change from "$before" to "$after"', (step) => {
  const of = ([SECRETS_KEY, SECRETS_KEYS_READ]: [string, string]) =>
    createChallenges(readSecretsKeys({ SECRETS_KEY, SECRETS_KEYS_READ }))
  for (const [asks, answers] of [
    [of(step.before), of(step.after)],
    [of(step.after), of(step.before)],
  ] as const) {
    const challenge = asks.ask(NOW)
    expect(answers.accepts(challenge, NOW)).toBe(true)
    expect(asks.read(challenge, answers.answer(challenge, introduction))).toEqual(introduction)
  }
})
