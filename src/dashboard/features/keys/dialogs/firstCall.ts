import type { Access } from '../../../api/types.ts'
import { configured } from '../../../ui/configured.ts'

/**
 * A command that a new key may run, for a shell that has it as `PICTIFY_API_KEY`: the company's own (`EXAMPLE_CURL`,
 * `EXAMPLE_CURL_READ`), else a call that every valid key may make.
 */
export function firstCall(access: Access): string {
  const own = configured(access === 'read_only' ? 'example-curl-read' : 'example-curl')
  return own || `curl -i ${location.origin}/forward-auth -H "Authorization: Bearer $PICTIFY_API_KEY"`
}
