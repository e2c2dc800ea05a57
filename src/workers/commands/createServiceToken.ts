import { ServiceTokenSchema } from '../../domain/accounts/ServiceToken.ts'
import { commandJob } from './commandJob.ts'

/** A token with which a resource server verifies keys and reports usage, of every account. */
export const createServiceToken = commandJob('create-service-token', async ({ em, payload, now }) => {
  const { serviceTokenId, ...fields } = payload
  em.persist(em.create(ServiceTokenSchema, { ...fields, id: serviceTokenId, createdAt: now }))
  return { result: { serviceTokenId, name: payload.name } }
})
