export { expressKeys } from '../../src/verifier/adapters/express.ts'
