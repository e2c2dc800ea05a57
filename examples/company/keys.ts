import { createClient, KeysProblem, type Output } from '@pictify/keys-client'

export type Account = Output<'readAccount'>

export type Keys = ReturnType<typeof createKeys>

/**
 * Pictify Keys, as this app calls it, with an operator token. The client bounds every wait, repeats what may be
 * repeated, and waits for changes that not every region has confirmed yet.
 */
export function createKeys({ url, token }: { url: string; token: string }) {
  const client = createClient({ url, token })
  return {
    /** The customer's account. A sign-up that is repeated, whyever, gets the account of the first time. */
    createAccount: async (customerId: string, name: string): Promise<string> => {
      try {
        const body = { externalId: customerId, name, plan: 'free' }
        return (await client.createAccount(body)).account.id
      } catch (error) {
        if (error instanceof KeysProblem && error.slug === 'external-id-taken')
          return String(error.facts.accountId)
        throw error
      }
    },
    readAccount: (id: string): Promise<Account> => client.readAccount({ id }),
    /** Where to send the customer's browser at once: the link works once, within a minute. */
    sessionLink: async (id: string, link: { role: 'admin'; email: string; returnUrl: string }) =>
      (await client.createSessionLink({ id, ...link })).url,
    changePlan: (id: string, plan: string) => client.updateAccount({ id, plan }),
    suspend: (id: string, reason: string) => client.suspendAccount({ id, reason }),
    resume: (id: string) => client.resumeAccount({ id }),
    /** Lifecycle events after a cursor, or from the oldest; at their end `nextCursor` stays the same. */
    readEvents: (after: string | undefined, types: string[]) =>
      client.listEvents({ after, types: types.join(), limit: 1_000 }),
    /** Begins the erasure. The keys are normally refused by then: suspend the account first where you must be sure. */
    erase: (id: string) => client.eraseAccount({ id }),
  }
}
