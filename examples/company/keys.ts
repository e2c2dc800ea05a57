const TIMEOUT_MS = 15_000
/** How long a change may take that not every region has confirmed yet. */
const CONFIRMED_MS = 30_000

/** What a call of Pictify Keys was refused with, or what it lacks: `slug` is the last part of the problem's type. */
export class KeysProblem extends Error {
  readonly slug: string
  readonly facts: Record<string, unknown>

  constructor(facts: Record<string, unknown>) {
    super(String(facts.detail ?? 'Pictify Keys gave no answer.'))
    this.slug = String(facts.type ?? '')
      .split('/')
      .at(-1) as string
    this.facts = facts
  }
}

export type Account = {
  id: string
  plan: string
  status: 'active' | 'suspended' | 'erasing'
  suspendedReason: string | null
  counts: { liveKeys: number; testKeys: number }
  rendersThisMonth: number
}

// biome-ignore lint/suspicious/noExplicitAny: an answer is what /openapi.json says of its call
type Answered = { status: number; answer: any }

export type Keys = ReturnType<typeof createKeys>

/** Pictify Keys, as a backend calls it: with an operator token, and a bound for every wait. */
export function createKeys({ url, token }: { url: string; token: string }) {
  async function call(method: string, path: string, body?: unknown): Promise<Answered> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const answer = (await response.json()) as Record<string, unknown>
    if (!response.ok) throw new KeysProblem(answer)
    return { status: response.status, answer }
  }

  /** A change that was not confirmed in time is answered 202: it is kept, so wait for it instead of repeating it. */
  async function change(method: string, path: string, body: unknown): Promise<void> {
    const { status, answer } = await call(method, path, body)
    const end = Date.now() + CONFIRMED_MS
    let operation = status === 202 ? answer.operation : { status: 'succeeded' }
    while (operation.status === 'pending' && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 500))
      operation = (await call('GET', `/operations/${operation.id}`)).answer
    }
    if (operation.status !== 'succeeded') throw new KeysProblem(operation.problem ?? {})
  }

  return {
    /** The customer's account. A sign-up that is repeated, whyever, gets the account of the first time. */
    createAccount: async (customerId: string, name: string): Promise<string> => {
      try {
        const body = { externalId: customerId, name, plan: 'free' }
        return (await call('POST', '/accounts', body)).answer.account.id
      } catch (error) {
        if (error instanceof KeysProblem && error.slug === 'external-id-taken')
          return String(error.facts.accountId)
        throw error
      }
    },
    readAccount: async (id: string): Promise<Account> => (await call('GET', `/accounts/${id}`)).answer,
    /** Where to send the customer's browser at once: the link works for a minute, and once. */
    sessionLink: async (id: string, link: { role: string; email: string; returnUrl: string }) =>
      (await call('POST', `/accounts/${id}/session-links`, link)).answer.url as string,
    changePlan: (id: string, plan: string) => change('PATCH', `/accounts/${id}`, { plan }),
    suspend: (id: string, reason: string) => change('POST', `/accounts/${id}/suspend`, { reason }),
    resume: (id: string) => change('POST', `/accounts/${id}/resume`, {}),
    /** Lifecycle events after a cursor, or from the oldest; at their end `nextCursor` stays the same. */
    readEvents: async (after: string | undefined, types: string[]) => {
      const from = after === undefined ? '' : `&after=${after}`
      return (await call('GET', `/events?limit=1000&types=${types.join()}${from}`)).answer
    },
    /** Keys are refused once this has answered; the rest is deleted after that. */
    erase: async (id: string): Promise<void> => void (await call('DELETE', `/accounts/${id}`)),
  }
}
