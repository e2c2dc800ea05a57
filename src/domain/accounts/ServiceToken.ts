import { defineEntity, p } from '@mikro-orm/core'

export const ServiceTokenSchema = defineEntity({
  name: 'ServiceToken',
  tableName: 'service_token',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    digest: p.text(),
    hint: p.text(),
    createdAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
  },
})
