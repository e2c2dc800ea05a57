import type { FieldFault } from './failure.ts'

const MAX_DEPTH = 32

/** Whether JSON is nested deeper than the API accepts. */
export function isDeep(value: unknown, depth = 0): boolean {
  if (depth > MAX_DEPTH) return true
  if (typeof value !== 'object' || value === null) return false
  for (const inner of Object.values(value)) if (isDeep(inner, depth + 1)) return true
  return false
}

/**
 * The first part of a value that cannot be stored: Postgres stores no NUL and no lone surrogate, and `__proto__` is
 * never data.
 */
export function unstorable(value: unknown, root = 'body'): FieldFault | undefined {
  return inspect(value, root, root, 0)
}

function inspect(value: unknown, field: string, root: string, depth: number): FieldFault | undefined {
  if (depth > MAX_DEPTH)
    return {
      field: root,
      message: `The ${root} is nested more than ${MAX_DEPTH} deep.`,
      code: 'invalid_format',
    }
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return undefined
    const message = 'Text must not contain NUL characters or lone surrogates.'
    return { field: inRoot(field, root), message, code: 'invalid_format' }
  }
  if (typeof value !== 'object' || value === null) return undefined
  const isList = Array.isArray(value)
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__' || name.includes('\0') || !name.isWellFormed()) {
      const message = 'This field name is not allowed.'
      return { field: inRoot(`${field}.${name.slice(0, 64)}`, root), message, code: 'unknown_field' }
    }
    const fault = inspect(inner, isList ? `${field}[${name}]` : `${field}.${name}`, root, depth + 1)
    if (fault) return fault
  }
  return undefined
}

/** The path of a field without the name of its root: `name`, or `[3].name` where the root is a list. */
const inRoot = (field: string, root: string) =>
  field === root ? field : field.slice(root.length).replace(/^\./, '')

/** The same text as Postgres can store it. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')
