import { type Html, html } from '../html.ts'

/** A whole page for operators. `lead` stands below its title. */
export function frame({ title, lead, main }: { title: string; lead: Html; main: Html }): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Pictify Keys</title>
<link rel="icon" href="/dashboard/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/admin/style.css">
</head>
<body>
<header>
<h1>${title}</h1>
<p class="quiet">${lead}</p>
<nav aria-label="Operators"><ul>
<li><a href="/admin">Overview</a></li>
<li><a href="/admin/queues">Queues in Bull Board</a></li>
<li><a href="/metrics">Metrics</a></li>
<li><a href="/docs">API reference</a></li>
</ul></nav>
</header>
<main>
${main}
</main>
</body>
</html>
`
}
