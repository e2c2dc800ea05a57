import { escapeHtml } from '../domain/escapeHtml.ts'

/** Markup that is safe to stand in a page. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = Html | Html[] | string | number

const markupOf = (value: Value): string => {
  if (Array.isArray(value)) return value.map(({ text }) => text).join('')
  return value instanceof Html ? value.text : escapeHtml(String(value))
}

/** Markup in which every value is escaped that is not markup itself. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(markupOf)))
}
