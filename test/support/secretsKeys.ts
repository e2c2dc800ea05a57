/** A secrets key, without its number. The same for the same number. */
export const secretsKey = (fill: number): string => Buffer.alloc(32, 200 + fill).toString('base64')

const [one, two] = [secretsKey(1), `2:${secretsKey(2)}`]

/** The environments that run beside each other in each step of docs/operating.md, "Rotate SECRETS_KEY". */
export const rotationSteps: { before: [string, string]; after: [string, string] }[] = [
  { before: [one, ''], after: [one, two] },
  { before: [one, two], after: [two, one] },
  { before: [two, one], after: [two, ''] },
]
