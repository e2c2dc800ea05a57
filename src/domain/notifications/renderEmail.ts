import { escapeHtml } from '../escapeHtml.ts'
import type { Message } from './messageOf.ts'

const COLOURS: Record<Message['tone'], string> = {
  info: '#1d4ed8',
  warning: '#b45309',
  critical: '#b91c1c',
  resolved: '#15803d',
}

const LONGEST_SUBJECT = 150

/** An email of a message: readable as text, and in HTML at the width of a phone. */
export function renderEmail(message: Message): { subject: string; text: string; html: string } {
  const { title, summary, facts, links, tone } = message
  const rows = facts.map(
    ([name, value]) =>
      `<tr><td style="padding:2px 12px 2px 0;color:#555;vertical-align:top">${escapeHtml(name)}</td>` +
      `<td style="padding:2px 0">${escapeHtml(value)}</td></tr>`,
  )
  const buttons = links.map(
    ([label, url]) =>
      `<p style="margin:16px 0"><a href="${escapeHtml(url)}" style="color:${COLOURS[tone]}">${escapeHtml(label)}</a></p>`,
  )
  const text = [
    title,
    summary,
    facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
    ...links.map(([label, url]) => `${label}:\n${url}`),
  ]
  return {
    subject: title.slice(0, LONGEST_SUBJECT),
    text: `${text.filter((part) => part !== '').join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="margin:0;padding:16px;max-width:560px;font:16px/1.4 system-ui,sans-serif;color:#111">
<h1 style="font-size:20px;margin:0 0 8px;color:${COLOURS[tone]}">${escapeHtml(title)}</h1>
<p style="margin:0 0 12px">${escapeHtml(summary)}</p>
<table style="border-collapse:collapse;font-size:15px">${rows.join('')}</table>
${buttons.join('\n')}
</body>
</html>
`,
  }
}
