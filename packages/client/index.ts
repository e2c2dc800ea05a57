export type { CallName, CallOptions, Input, Output } from './callTypes.ts'
export { type ClientOptions, createClient, type KeysClient } from './createClient.ts'
export { type FieldError, KeysProblem } from './KeysProblem.ts'
