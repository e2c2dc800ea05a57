import type { AccountStatus } from '../../../domain/accounts/accountStatus.ts'
import type { CommandPayload } from '../../../domain/commands/catalogue.ts'
import type { ListedPlan } from '../../../domain/plans/planStore.ts'
import { type Html, html } from '../../html.ts'

type Change = {
  [Kind in 'suspend-account' | 'resume-account' | 'update-account']: {
    kind: Kind
    payload: CommandPayload<Kind>
  }
}['suspend-account' | 'resume-account' | 'update-account']

/** What an operator can do to an account by a page. */
type Action = {
  title: string
  /** In which of these the account can be. */
  from: readonly AccountStatus[]
  consequence: string
  fields: (account: { plan: string }, plans: ListedPlan[]) => Html
  /** The command that the form asks for. Throws an Error that says what is wrong with the form. */
  read: (form: URLSearchParams) => Change
}

const MOST_REASON = 500

const actions = {
  suspend: {
    title: 'Suspend account',
    from: ['active'],
    consequence:
      'Every region refuses its keys from then on. Members can sign in, read everything and change nothing. Alerts rest.',
    fields: () =>
      html`<label>Reason (optional; members see it) <input name="reason" maxlength="${MOST_REASON}"></label>`,
    read: (form) => {
      const reason = (form.get('reason') ?? '').trim()
      if (reason.length > MOST_REASON) throw new Error(`The reason can have ${MOST_REASON} characters.`)
      // Control characters are not for people to read, and Postgres refuses one of them.
      if (/\p{Cc}/u.test(reason)) throw new Error('The reason has characters that cannot be shown.')
      return { kind: 'suspend-account', payload: { reason: reason === '' ? null : reason } }
    },
  },
  resume: {
    title: 'Resume account',
    from: ['suspended'],
    consequence: 'Every region admits its keys again. Keys, limits and alert rules are as they were.',
    fields: () => html``,
    read: () => ({ kind: 'resume-account', payload: {} }),
  },
  plan: {
    title: 'Change plan',
    from: ['active', 'suspended'],
    consequence:
      'The limits of the new plan apply in every region. Keys above its number stay; no more can be created. Limits of the account’s own remain.',
    fields: ({ plan: current }, plans) =>
      html`<label>Plan <select name="plan">${plans.map(({ plan: { name, label } }) =>
        name === current
          ? html`<option value="${name}" selected>${label} (current)</option>`
          : html`<option value="${name}">${label}</option>`,
      )}</select></label>`,
    read: (form) => {
      const plan = form.get('plan') ?? ''
      if (!/^[\w-]{1,64}$/.test(plan)) throw new Error('Choose a plan.')
      return { kind: 'update-account', payload: { plan } }
    },
  },
} satisfies Record<string, Action>

export type ActionName = keyof typeof actions
export const ACTIONS: Record<ActionName, Action> = actions
