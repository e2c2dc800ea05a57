import { type Env, EnvSchema } from '../../platform/env.ts'

export type ReadSettings = {
  /** Every setting that is valid; of the others the default, or nothing. */
  env: Partial<Env>
  invalidSettings: { name: string; problem: string }[]
  lookalikes: { name: string; meant: string }[]
}

/** Reads the environment as far as it can be read. `problem` never has the value. */
export function readSettings(source: NodeJS.ProcessEnv): ReadSettings {
  const env: Record<string, unknown> = {}
  const invalidSettings: ReadSettings['invalidSettings'] = []
  for (const [name, schema] of Object.entries(EnvSchema.shape)) {
    const parsed = schema.safeParse(source[name] || undefined)
    if (parsed.success) env[name] = parsed.data
    else {
      const fallback = schema.safeParse(undefined)
      if (fallback.success) env[name] = fallback.data
      const problem = source[name]
        ? (parsed.error.issues[0]?.message ?? 'is not valid')
        : 'is required and not set'
      invalidSettings.push({ name, problem })
    }
  }
  const read = env as Partial<Env>
  const regions = ['primary', ...(read.REGIONS ?? []).map(({ name }) => name)]
  if (read.REGION !== undefined && !regions.includes(read.REGION))
    invalidSettings.push({ name: 'REGION', problem: 'must be primary or one of REGIONS' })
  return { env: read, invalidSettings, lookalikes: findLookalikes(Object.keys(source)) }
}

/** Shorter names are too near to those of other programs. */
const MIN_LENGTH = 7

/** Variables that are no settings, but a letter or two away from one that is not set. */
export function findLookalikes(names: string[]): ReadSettings['lookalikes'] {
  const settings = Object.keys(EnvSchema.shape)
  return names
    .filter((name) => name.length >= MIN_LENGTH && !settings.includes(name))
    .flatMap((name) => {
      const most = name.length < 10 ? 1 : name.length < 13 ? 2 : 3
      const meant = settings.find(
        (one) =>
          one.length >= MIN_LENGTH &&
          // Every start of a process compares all of its environment: a length says most of it at once.
          Math.abs(one.length - name.length) <= most &&
          !names.includes(one) &&
          distance(name.toUpperCase(), one) <= most,
      )
      return meant === undefined ? [] : [{ name, meant }]
    })
}

/** How many letters have to be added, left out or replaced (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1]
    for (const [column, another] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (letter === another ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
