/** The parts of a comma-separated list; an empty one has none. */
export const listOf = (text: string): string[] => text.split(',').flatMap((part) => part.trim() || [])

/** One of these names. Throws an Error that lists them. */
export function readPermission<Name extends string>(
  kind: string,
  names: readonly Name[],
  text: string,
): Name {
  const found = names.find((name) => name === text)
  if (!found) throw new Error(`There is no ${kind} permission "${text}": ${names.join(', ')}.`)
  return found
}
