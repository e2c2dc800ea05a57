export { httpKeys } from '../../src/verifier/adapters/http.ts'
