export { fastifyKeys } from '../../src/verifier/adapters/fastify.ts'
