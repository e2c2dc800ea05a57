import type { z } from 'zod'
import type { FieldFault } from './failure.ts'

type Issue = z.core.$ZodIssue

/**
 * A schema's complaint as faults for people. What was given is never repeated: it may be a secret. `root` is the name
 * of the whole.
 */
export function faultsOf(issue: Issue, root = 'body'): FieldFault[] {
  const field = fieldOf(issue.path, root)
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'never') return [{ field, message: issue.message, code: 'unknown_field' }]
      if (issue.input === undefined) return [{ field, message: 'is required', code: 'required' }]
      return [{ field, message: `must be of type ${issue.expected}`, code: 'invalid_type' }]
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        field: fieldOf([...issue.path, key], root),
        message: 'is not a known field',
        code: 'unknown_field',
      }))
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? [
            {
              field,
              message: `must have at most ${issue.maximum} ${issue.origin === 'array' ? 'items' : 'characters'}`,
              code: 'too_long',
            },
          ]
        : [{ field, message: `must be at most ${issue.maximum}`, code: 'out_of_range' }]
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? [
            {
              field,
              message: `must have at least ${issue.minimum} ${issue.origin === 'array' ? 'items' : 'characters'}`,
              code: 'out_of_range',
            },
          ]
        : [{ field, message: `must be at least ${issue.minimum}`, code: 'out_of_range' }]
    case 'invalid_value':
      if (issue.input === undefined) return [{ field, message: 'is required', code: 'required' }]
      return [
        {
          field,
          message: `must be one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}`,
          code: 'invalid_format',
        },
      ]
    default:
      return [{ field, message: issue.message, code: 'invalid_format' }]
  }
}

/** `events[3].keyId` */
function fieldOf(path: PropertyKey[], root: string): string {
  let field = ''
  for (const part of path) {
    if (typeof part === 'number') field += `[${part}]`
    else field += field === '' ? String(part).slice(0, 64) : `.${String(part).slice(0, 64)}`
  }
  return field === '' ? root : field
}
