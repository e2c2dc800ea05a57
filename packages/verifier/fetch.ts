export { fetchKeys } from '../../src/verifier/adapters/fetch.ts'
