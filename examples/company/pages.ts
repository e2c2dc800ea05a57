import type { BilledDay } from './BilledUsage.ts'
import type { Customer } from './Customers.ts'
import type { Account } from './keys.ts'

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

const page = (title: string, content: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Pixel</title>
<link rel="stylesheet" href="/style.css">
</head>
<body><main><h1>${escaped(title)}</h1>${content}</main></body>
</html>
`

const button = (action: string, label: string) =>
  `<form method="post" action="${action}"><button>${escaped(label)}</button></form>`

const field = (name: string, label: string, attributes: string) =>
  `<label>${label} <input name="${name}" required maxlength="100" ${attributes}></label>`

export const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
main { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
form { margin: 0.5rem 0; }
label { display: block; margin: 0.5rem 0; }
input { display: block; width: 100%; padding: 0.5rem; font: inherit; border: 1px solid #767676; }
caption { text-align: left; font-weight: bold; }
th, td { padding: 0 2rem 0 0; text-align: left; }
button { padding: 0.5rem 1rem; font: inherit; color: #fff; background: #7a1fa2; border: 0; border-radius: 6px; }
`

/** For whoever is not signed in. `fault`: what was wrong with what they sent. */
export const welcomePage = (fault = '') =>
  page(
    'Pictures by API',
    `${fault && `<p role="alert">${escaped(fault)}</p>`}
<h2>Sign up</h2>
<form method="post" action="/sign-up">
${field('company', 'Company', 'autocomplete="organization"')}
${field('email', 'Email', 'type="email" autocomplete="username"')}
${field('password', 'Password', 'type="password" minlength="10" autocomplete="new-password"')}
<button>Sign up</button>
</form>
<h2>Sign in</h2>
<form method="post" action="/sign-in">
${field('email', 'Email', 'type="email" autocomplete="username"')}
${field('password', 'Password', 'type="password" autocomplete="current-password"')}
<button>Sign in</button>
</form>`,
  )

const billedTable = (days: BilledDay[]) => `<table>
<caption>Billed pictures</caption>
<tr><th scope="col">Day (UTC)</th><th scope="col">Pictures</th></tr>
${days.map(({ day, units }) => `<tr><td>${escaped(day)}</td><td>${units}</td></tr>`).join('')}
</table>`

export const homePage = ({ company, id }: Customer, account: Account, billed: BilledDay[]) =>
  page(
    company,
    `${
      account.status === 'suspended'
        ? `<p role="alert">Your account is suspended. ${escaped(account.suspendedReason ?? '')}</p>`
        : ''
    }
<dl>
<dt>Customer</dt><dd>${escaped(id)}</dd>
<dt>Plan</dt><dd>${escaped(account.plan)}</dd>
<dt>Keys</dt><dd>${account.counts.liveKeys} live, ${account.counts.testKeys} test</dd>
<dt>Pictures this month</dt><dd>${account.rendersThisMonth}</dd>
</dl>
${billed.length === 0 ? '' : billedTable(billed)}
${button('/api-keys', 'API keys')}
${account.plan === 'free' ? button('/upgrade', 'Upgrade to pro') : ''}
${button('/sign-out', 'Sign out')}
${button('/leave', 'Delete my account')}`,
  )

export const messagePage = (title: string, text: string) =>
  page(title, `<p>${escaped(text)}</p><p><a href="/">Go on</a></p>`)
