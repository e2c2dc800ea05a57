import Router from '@koa/router'
import { KeysProblem } from '@pictify/keys-client'
import Koa, { type Context, type Next } from 'koa'
import type { BilledUsage } from './BilledUsage.ts'
import { handleBillingEvent, isSigned } from './billing.ts'
import { readForm, readText } from './body.ts'
import { type Customer, Customers } from './Customers.ts'
import type { Keys } from './keys.ts'
import { homePage, messagePage, STYLE, welcomePage } from './pages.ts'

type Settings = { keys: Keys; billed: BilledUsage; keysUrl: string; publicUrl: string; billingSecret: string }

const COOKIE = 'company_session'

/** The company's web app: its own sign-in and billing, and everything about API keys by Pictify Keys. */
export function createApp({ keys, billed, keysUrl, publicUrl, billingSecret }: Settings): Koa {
  const customers = new Customers()
  const router = new Router()

  /** The account of a customer, created at their first need of it: sign-up, or later if that failed. */
  async function accountOf(customer: Customer): Promise<string> {
    customer.accountId ??= await keys.createAccount(customer.id, customer.company)
    return customer.accountId
  }
  /** Signs in to the dashboard. A customer who has signed in here needs no further password. */
  async function openDashboard(ctx: Context, customer: Customer): Promise<void> {
    const { email } = customer
    ctx.redirect(
      await keys.sessionLink(await accountOf(customer), { role: 'admin', email, returnUrl: publicUrl }),
    )
    ctx.status = 303
  }
  function startSession(ctx: Context, customer: Customer): void {
    // Lax: the way back from the dashboard comes from another site.
    ctx.cookies.set(COOKIE, customers.startSession(customer), { httpOnly: true, sameSite: 'lax' })
  }
  const customerOf = (ctx: Context): Customer => {
    const customer = customers.ofSession(ctx.cookies.get(COOKIE))
    if (!customer) ctx.throw(401, 'Sign in first.')
    return customer
  }
  const goHome = (ctx: Context) => {
    ctx.redirect('/')
    ctx.status = 303
  }

  router.get('/style.css', (ctx) => {
    ctx.type = 'css'
    ctx.body = STYLE
  })
  router.get('/', async (ctx) => {
    const customer = customers.ofSession(ctx.cookies.get(COOKIE))
    if (!customer) {
      ctx.body = welcomePage()
      return
    }
    const account = await keys.readAccount(await accountOf(customer))
    ctx.body = homePage(customer, account, billed.daysOf(account.id))
  })
  router.post('/sign-up', async (ctx) => {
    const { company, email, password } = await readForm(ctx.req, ['company', 'email', 'password'])
    const customer =
      password.length < 10 ? undefined : await customers.signUp(company, email.toLowerCase(), password)
    if (!customer) {
      ctx.status = 400
      ctx.body = welcomePage('Sign in, or choose a password of 10 characters or more.')
      return
    }
    startSession(ctx, customer)
    await openDashboard(ctx, customer)
  })
  router.post('/sign-in', async (ctx) => {
    const { email, password } = await readForm(ctx.req, ['email', 'password'])
    const customer = await customers.signIn(email.toLowerCase(), password)
    if (customer) {
      startSession(ctx, customer)
      return goHome(ctx)
    }
    ctx.status = 400
    ctx.body = welcomePage('The email address or the password is wrong.')
  })
  router.post('/sign-out', (ctx) => {
    customers.endSession(ctx.cookies.get(COOKIE))
    goHome(ctx)
  })
  // A POST: what reads links ahead makes no session links.
  router.post('/api-keys', (ctx) => openDashboard(ctx, customerOf(ctx)))
  // Where a real company would have its payment page, whose provider then calls the webhook below.
  router.post('/upgrade', async (ctx) => {
    await keys.changePlan(await accountOf(customerOf(ctx)), 'pro')
    goHome(ctx)
  })
  router.post('/leave', async (ctx) => {
    const customer = customerOf(ctx)
    await keys.erase(await accountOf(customer))
    customers.remove(customer)
    ctx.body = messagePage('Goodbye', 'We are deleting your account and its API keys.')
  })
  router.post('/webhooks/billing', async (ctx) => {
    const body = await readText(ctx.req)
    if (!isSigned(body, ctx.get('X-Billing-Signature'), billingSecret))
      ctx.throw(401, 'The signature is wrong.')
    ctx.status = await handleBillingEvent({ customers, keys }, body)
  })

  const app = new Koa()
  app.use(explainProblems)
  app.use(protect(new URL(keysUrl).origin))
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

/** Forms lead to this app, and on to the dashboard; those of other sites are refused, but for signed webhooks. */
function protect(dashboard: string) {
  return async (ctx: Context, next: Next) => {
    const site = ctx.get('Sec-Fetch-Site')
    if (ctx.method !== 'GET' && site !== '' && site !== 'same-origin') ctx.throw(403)
    ctx.set({
      'Content-Security-Policy': `default-src 'none'; style-src 'self'; form-action 'self' ${dashboard}; frame-ancestors 'none'`,
      'Cache-Control': 'no-store',
    })
    await next()
  }
}

/** What Pictify Keys refuses, or is too slow for, is a page that people can read. The next try finds all it needs. */
async function explainProblems(ctx: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (error) {
    if (isForCaller(error)) {
      ctx.status = error.status
      ctx.body = messagePage('That did not work', error.message)
      return
    }
    console.error(error)
    ctx.status = 502
    const text =
      error instanceof KeysProblem ? error.message : 'API keys cannot be reached right now. Try again.'
    ctx.body = messagePage('That did not work', text)
  }
}

/** An error that Koa would answer, too. */
const isForCaller = (error: unknown): error is Error & { status: number } =>
  error instanceof Error && 'expose' in error && error.expose === true
