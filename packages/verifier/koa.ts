export { koaKeys } from '../../src/verifier/adapters/koa.ts'
