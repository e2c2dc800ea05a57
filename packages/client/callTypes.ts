import type { operations } from './schema.ts'

export type CallName = keyof operations

/** What one call may have of its own. */
export type CallOptions = {
  /** Instead of the client's: the account for which an operator token acts. */
  accountId?: string
  /**
   * Instead of one that the client makes. With one that you keep, the call can be made again after a crash: within 24
   * hours it returns the first result, secrets included.
   */
  idempotencyKey?: string
  /** The `ETag` of what you read: refuses the change if it has changed since. */
  ifMatch?: string
  /** Gives up the call. What it asked for may be done all the same. */
  signal?: AbortSignal
  /** Instead of the client's. */
  timeoutMs?: number
  /** Instead of the client's. */
  retries?: number
}

/** A number is as good as its text. */
type Parameter<Value> = string extends Value ? Value | number : Value
type Parameters<Object> = { [Name in keyof Object]: Parameter<Object[Name]> }
/** Of what has no fields: nothing, which other parts are added to. */
type IfKnown<Object> = unknown extends Object
  ? object
  : Object extends Record<string, never>
    ? object
    : Object

type PathOf<Operation> = Operation extends { parameters: { path: infer Path } } ? Path : object
type QueryOf<Operation> = Operation extends { parameters: { query?: infer Query } }
  ? Partial<Parameters<IfKnown<NonNullable<Query>>>>
  : object
type BodyOf<Operation> = Operation extends { requestBody?: { content: { 'application/json': infer Body } } }
  ? IfKnown<Body>
  : Operation extends { requestBody: { content: infer Types } }
    ? { file: string; contentType: keyof Types }
    : object

/** What a call takes: the parameters of its path and query and the fields of its body, in one object. */
export type Input<Name extends CallName> = PathOf<operations[Name]> &
  QueryOf<operations[Name]> &
  BodyOf<operations[Name]>

type JsonOf<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : undefined
type ResponsesOf<Operation> = Operation extends { responses: infer Responses } ? Responses : never

/** What a call resolves to, once its change is done. */
export type Output<Name extends CallName> =
  ResponsesOf<operations[Name]> extends { 200: infer Response }
    ? JsonOf<Response>
    : ResponsesOf<operations[Name]> extends { 201: infer Response }
      ? JsonOf<Response>
      : ResponsesOf<operations[Name]> extends { 204: unknown }
        ? undefined
        : ResponsesOf<operations[Name]> extends { 202: infer Response }
          ? JsonOf<Response>
          : undefined

export type Method<Name extends CallName> =
  Partial<Input<Name>> extends Input<Name>
    ? (input?: Input<Name>, options?: CallOptions) => Promise<Output<Name>>
    : (input: Input<Name>, options?: CallOptions) => Promise<Output<Name>>
