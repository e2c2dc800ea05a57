import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** What a service token may do, and what that means. */
export const SERVICE_TOKEN_PERMISSIONS = {
  verify: 'Verify keys.',
  report: 'Report usage.',
} as const

export type ServiceTokenPermission = keyof typeof SERVICE_TOKEN_PERMISSIONS
export const SERVICE_TOKEN_PERMISSION_NAMES = Object.keys(
  SERVICE_TOKEN_PERMISSIONS,
) as ServiceTokenPermission[]

/** A resource server: it verifies keys and reports usage. */
export const ServiceTokenSchema = defineEntity({
  name: 'ServiceToken',
  tableName: 'service_token',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    digest: p.text(),
    hint: p.text(),
    /** null: all of them. */
    permissions: p.json().$type<ServiceTokenPermission[]>().nullable(),
    /** The accounts whose keys it knows; null: all of them. */
    accountIds: p.json().$type<string[]>().nullable(),
    createdAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
  },
})

export type ServiceToken = InferEntity<typeof ServiceTokenSchema>
