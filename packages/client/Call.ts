/** How an operation of the API is called. */
export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` where a parameter goes. */
  path: string
  /** Takes an `Idempotency-Key`: the client sends one, the same with every attempt. */
  keyed?: true
  /** May be answered 202 before the change is done: the client waits for its operation. */
  awaited?: true
  /** Never repeated: the answer is wanted now or not at all. */
  once?: true
  /** The parameters of the query, where the body is a file. */
  file?: readonly string[]
  /** The list in the response, and the parameter that asks for what follows. */
  list?: readonly [items: string, next: 'page' | 'cursor' | 'after']
}
