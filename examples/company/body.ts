import type { IncomingMessage } from 'node:http'

const MAX_BYTES = 10_000

/** An error that Koa answers with its status and message. */
const refused = (status: number, message: string) =>
  Object.assign(new Error(message), { status, expose: true })

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw refused(413, 'That is too much.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** The fields of a form that was sent, trimmed; each must have something in it. */
export async function readForm<Name extends string>(
  request: IncomingMessage,
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const form = new URLSearchParams(await readText(request))
  const fields = names.map((name) => [name, (form.get(name) ?? '').trim()] as const)
  const empty = fields.find(([, value]) => value === '' || value.length > 100)
  if (empty) throw refused(400, `Fill in ${empty[0]}, with 100 characters at most.`)
  return Object.fromEntries(fields) as Record<Name, string>
}
