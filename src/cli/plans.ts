import { Command as Cli, InvalidArgumentError, Option } from 'commander'
import type { CustomLimits, PlanLimits } from '../domain/accounts/plans.ts'
import { PlanName, PlanOrder, WholeLimits } from '../domain/commands/payloadFields.ts'
import { etagOf } from '../domain/keys/keyRules.ts'
import { readName } from '../domain/names.ts'
import { listPlans } from '../domain/plans/planStore.ts'
import { presentPlan } from '../domain/plans/presentPlan.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

const IF_STOPPED = 'Until then, accounts of the plan have the old limits or the new ones.'

/** Limits as an object each: commander makes an empty text of a null. */
type Options = { label?: string; order?: number } & Partial<Record<keyof PlanLimits, CustomLimits>>

/** `plan …`. */
export function planCommands(): Cli {
  const plan = new Cli('plan').description('Plans and their limits')

  plan
    .command('list')
    .description('list plans')
    .action(async (_options: unknown, command: Cli) => {
      const plans = await withService(({ em }) => listPlans(em))
      print(
        command,
        plans.map(({ plan, accounts }) => presentPlan(plan, accounts)),
      )
    })

  const set = plan
    .command('set')
    .description('create a plan, or change the fields you give; done when every region has the limits')
    .argument('<plan>', 'its name, such as pro')
    .option('--label <label>', 'its display name')
    .option('--order <number>', 'plans are listed by it, lowest first', readOrder)
  for (const limit of Object.keys(LIMITS) as (keyof PlanLimits)[]) set.addOption(limitOption(limit))
  set.action(async (name: string, options: Options, command: Cli) =>
    print(command, await setPlan(name, options)),
  )
  return plan
}

/** Changes a plan as it was read: an edit of somebody else in between is refused, not undone. */
async function setPlan(text: string, { label, order, ...changes }: Options) {
  const parsed = PlanName.safeParse(text)
  if (!parsed.success) throw new Error(`The name of a plan ${parsed.error.issues[0]?.message}.`)
  const name = parsed.data
  const fields = { name, order, label: label === undefined ? undefined : readName('--label', label) }
  return withService(async ({ em, run }) => {
    const [existing] = await listPlans(em, name)
    const limits = WholeLimits.safeParse(Object.assign({}, existing?.plan.limits, ...Object.values(changes)))
    if (!limits.success) {
      const missing = limits.error.issues.map(({ path }) => flagOf(String(path[0])))
      throw new Error(`There is no plan "${name}". To create it, add ${missing.join(', ')}.`)
    }
    const ifMatch = existing && etagOf(existing.plan.version)
    const { version: _, ...plan } = await run(
      'set-plan',
      null,
      { ...fields, limits: limits.data, ifMatch },
      IF_STOPPED,
    )
    return plan
  })
}

const LIMITS: Record<keyof PlanLimits, string> = {
  liveKeys: 'active live keys of an account',
  testKeys: 'active test keys of an account',
  requestsPerMinute: 'requests of a key a minute',
  requestsPerDay: 'requests of a key a UTC day',
  rendersPerMonth: 'renders of an account a UTC month',
  rendersHard: 'refuse renders above the limit (true), or count them as overage (false)',
}

const flagOf = (limit: string) => `--${limit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function limitOption(limit: keyof PlanLimits): Option {
  const [value, description] =
    limit === 'rendersHard' ? ['boolean', LIMITS[limit]] : ['number', `${LIMITS[limit]}, or unlimited`]
  return new Option(`${flagOf(limit)} <${value}>`, description).argParser((text) => readLimit(limit, text))
}

function readLimit(limit: keyof PlanLimits, text: string): CustomLimits {
  const words: Record<string, boolean | null> = { unlimited: null, true: true, false: false }
  const parsed = WholeLimits.shape[limit].safeParse(
    Object.hasOwn(words, text) ? words[text] : readInteger(text),
  )
  if (parsed.success) return { [limit]: parsed.data }
  throw new InvalidArgumentError(
    limit === 'rendersHard' ? 'Use true or false.' : 'Use a whole number or unlimited.',
  )
}

function readOrder(text: string): number {
  const order = PlanOrder.safeParse(readInteger(text))
  if (order.success) return order.data
  throw new InvalidArgumentError('Use a whole number.')
}

const readInteger = (text: string) => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN)
