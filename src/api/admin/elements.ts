import { type Html, html } from '../html.ts'

export const whole = (count: number) => new Intl.NumberFormat('en').format(count)
export const bad = (text: string) => html`<strong class="bad">${text}</strong>`

type Column = { title: string; isNumber?: boolean }

/** A table in a region of its own, which scrolls where the screen is narrow. */
export function tableOf(caption: string, columns: Column[], rows: (string | number | Html)[][]): Html {
  const kind = (index: number) => (columns[index]?.isNumber ? 'number' : 'text')
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ title }, index) => html`<th scope="col" class="${kind(index)}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) =>
        index === 0
          ? html`<th scope="row" class="text">${cell}</th>`
          : html`<td class="${kind(index)}">${cell}</td>`,
      )}</tr>\n`,
  )}</tbody></table></div>`
}
