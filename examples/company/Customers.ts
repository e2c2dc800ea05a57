import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** `accountId`: in Pictify Keys; undefined until it has been created there. */
export type Customer = { id: string; company: string; email: string; accountId?: string }

const hash = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>

/** Stands in for the company's own database and sign-in: customers and sessions, in memory. */
export class Customers {
  readonly #byEmail = new Map<string, { customer: Customer; salt: Buffer; hash: Buffer }>()
  readonly #sessions = new Map<string, Customer>()

  /** Undefined where the email address has signed up before. */
  async signUp(company: string, email: string, password: string): Promise<Customer | undefined> {
    const salt = randomBytes(16)
    const hashed = await hash(password, salt, 32)
    if (this.#byEmail.has(email)) return undefined
    const customer = { id: `customer-${randomUUID()}`, company, email }
    this.#byEmail.set(email, { customer, salt, hash: hashed })
    return customer
  }

  /** Undefined for a wrong pair. */
  async signIn(email: string, password: string): Promise<Customer | undefined> {
    const known = this.#byEmail.get(email)
    const hashed = await hash(password, known?.salt ?? Buffer.alloc(16), 32)
    return known && timingSafeEqual(hashed, known.hash) ? known.customer : undefined
  }

  /** The value of the session's cookie. */
  startSession(customer: Customer): string {
    const value = randomBytes(32).toString('base64url')
    this.#sessions.set(value, customer)
    return value
  }

  ofSession(value: string | undefined): Customer | undefined {
    return value === undefined ? undefined : this.#sessions.get(value)
  }

  endSession(value: string | undefined): void {
    if (value !== undefined) this.#sessions.delete(value)
  }

  byId(id: string): Customer | undefined {
    return [...this.#byEmail.values()].find(({ customer }) => customer.id === id)?.customer
  }

  remove({ email }: Customer): void {
    this.#byEmail.delete(email)
    for (const [value, customer] of this.#sessions) if (customer.email === email) this.#sessions.delete(value)
  }
}
