import { ServiceTokenSchema } from '../../domain/accounts/ServiceToken.ts'
import { Failure } from '../../domain/failure.ts'
import { commandJob } from './commandJob.ts'

/** Api processes stop accepting the token within seconds (see src/api/serviceTokens.ts). */
export const revokeServiceToken = commandJob('revoke-service-token', async ({ em, payload, now }) => {
  const token = await em.findOne(ServiceTokenSchema, { id: payload.serviceTokenId })
  if (!token)
    throw new Failure('service-token-not-found', { detail: 'There is no service token with this ID.' })
  token.revokedAt ??= now
  return { result: { serviceTokenId: token.id, revokedAt: token.revokedAt.toISOString() } }
})
