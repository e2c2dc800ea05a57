import type { components, operations } from './schema.d.ts'

type Schemas = components['schemas']

export type Account = Schemas['Account']
/** An account that somebody can work in, and as what. */
export type AccountChoice = Schemas['AccountChoice']
export type Role = AccountChoice['role']
export type Session = Schemas['Session']
export type Invitation = Schemas['Invitation']
export type Member = Schemas['Member']
export type AuditEntry = Schemas['AuditEntry']

/** A key by itself, with the regions that know of it. */
export type ApiKey = Schemas['ApiKeyWithRegions']
export type ListedKey = Schemas['ListedApiKey']
/** What the dialogs need to know of a key. */
export type DialogKey = Pick<
  ListedKey,
  'id' | 'name' | 'type' | 'access' | 'status' | 'lastUsedAt' | 'expiresAt'
>
export type KeyQuery = NonNullable<operations['listApiKeys']['parameters']['query']>
export type NewKey = Schemas['NewApiKey']
export type Access = NonNullable<NewKey['access']>
export type FanOut = Schemas['FanOut']

export type KeyUsage = Schemas['ApiKeyUsage']
export type WindowUsage = Schemas['WindowUsage']
export type Callers = Schemas['ApiKeyCallers']
export type UsageSeries = Schemas['UsageSeries']
type SeriesRow = UsageSeries['series'][number]
/** Usage in one bucket, over all keys that were asked for. */
export type PlainRow = Exclude<Extract<SeriesRow, { latencyMs: { p50: number | null } }>, { keyId: string }>
/** Usage in one bucket, of one key. */
export type KeyRow = Extract<SeriesRow, { keyId: string }>
export type SeriesOf<Row> = Omit<UsageSeries, 'series'> & { series: Row[] }

export type Rule = Schemas['AlertRule']
export type RuleWithStates = Schemas['AlertRuleWithStates']
export type NewRule = Schemas['NewAlertRule']
export type RuleChanges = Schemas['AlertRuleChanges']
export type Metric = NewRule['metric']
export type Preview = Schemas['AlertPreview']
export type Channel = Schemas['Channel']
export type Notification = Schemas['Notification']
export type Attempt = Schemas['DeliveryAttempt']
