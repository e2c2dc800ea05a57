export { honoKeys } from '../../src/verifier/adapters/hono.ts'
