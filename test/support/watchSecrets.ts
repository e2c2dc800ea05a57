import type { Page } from 'playwright-core'

/** Listens to a page, and says later wherever a secret has been or still is. */
export function watchSecrets(page: Page) {
  const requested: string[] = []
  const answers: Promise<{ from: string; text: string }>[] = []
  page.on('request', (request) => requested.push(request.url()))
  page.on('response', (response) => {
    const from = `${response.request().method()} ${new URL(response.url()).pathname}`
    const text = response.text().catch(() => '')
    answers.push(text.then((body) => ({ from, text: `${JSON.stringify(response.headers())} ${body}` })))
  })
  return {
    /** The answers that had it, e.g. `POST /api-keys`. */
    answersWith: async (secret: string) =>
      (await Promise.all(answers)).filter(({ text }) => text.includes(secret)).map(({ from }) => from),
    /** Where the page still has it: its elements, its fields, its storage, its history, what it asked for. */
    placesOf: async (secret: string) => {
      const places: Record<string, string> = await page.evaluate(`({
        page: document.documentElement.outerHTML,
        fields: [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(' '),
        address: location.href + JSON.stringify(history.state) + document.title,
        localStorage: JSON.stringify(localStorage),
        sessionStorage: JSON.stringify(sessionStorage),
        cookies: document.cookie,
      })`)
      places.requests = requested.join(' ')
      return Object.keys(places).filter((name) => places[name]?.includes(secret))
    },
  }
}
