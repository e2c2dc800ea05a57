import type { StoredRule } from '../../src/domain/alerts/ruleFields.ts'
import { ANY_FORM } from '../../src/domain/imports/forms.ts'
import type { ImportRecord } from '../../src/domain/imports/outcome.ts'

/** An alert rule as commands carry it. */
export const rule: StoredRule = {
  name: 'R',
  metric: 'requests',
  threshold: 5,
  windowMinutes: 5,
  forMinutes: 0,
  keyIds: null,
  channelIds: [],
  repeatMinutes: null,
  severity: 'info',
  options: {},
  enabled: true,
}

/** The payload of an import of one key. */
export const imported = (digest: string) => {
  const record: ImportRecord = {
    ...{ line: 1, digest, name: 'I', type: 'live', access: 'full', permissions: [], allowedIps: [] },
    ...{ metadata: {}, hint: '????', expiresAt: null, createdAt: null },
  }
  return { records: [record], form: ANY_FORM, failed: 0, errors: [], furtherErrors: 0 }
}
