export type Answer = {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any
}

export type Client = ReturnType<typeof createClient>

type Extra = { headers?: Record<string, string> }

/**
 * Speaks to one api in the name of one secret, with fetch; a body is sent as JSON, an answer parsed where it is JSON.
 */
export function createClient(url: string, secret?: string) {
  const request = async (
    method: string,
    path: string,
    body?: unknown,
    { headers = {} }: Extra = {},
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(secret === undefined ? {} : { Authorization: `Bearer ${secret}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    }
  }
  return {
    url,
    secret,
    request,
    get: (path: string, extra?: Extra) => request('GET', path, undefined, extra),
    post: (path: string, body?: unknown, extra?: Extra) => request('POST', path, body, extra),
    put: (path: string, body?: unknown, extra?: Extra) => request('PUT', path, body, extra),
    patch: (path: string, body?: unknown, extra?: Extra) => request('PATCH', path, body, extra),
    delete: (path: string, extra?: Extra) => request('DELETE', path, undefined, extra),
    /** The same api, in another's name. */
    as: (other: string | undefined) => createClient(url, other),
    /** Creates a key; throws unless it was created. */
    createKey: async (fields: Record<string, unknown> = {}) => {
      const answer = await request('POST', '/api-keys', { name: 'A key', type: 'live', ...fields })
      if (answer.status !== 201) throw new Error(`create: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body as { id: string; key: string; name: string; version: number }
    },
  }
}
