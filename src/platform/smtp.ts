/**
 * Whether mail may only travel encrypted: `smtp://` begins in the open, and whoever sits between could hide that the
 * server offers STARTTLS. Default: required for every host but this machine; `?requireTLS=false` and `=true` decide
 * otherwise.
 */
export function requiresTls(smtpUrl: string): boolean {
  const { protocol, hostname, searchParams } = new URL(smtpUrl)
  if (protocol === 'smtps:') return false
  const wanted = searchParams.get('requireTLS')
  return wanted === null ? !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname) : wanted !== 'false'
}

/** A transport to the SMTP server of `smtpUrl`. Times are per step, in ms. Loads nodemailer with the first one. */
export async function openSmtp(
  smtpUrl: string,
  { connectMs, silentMs }: { connectMs: number; silentMs: number },
) {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url: smtpUrl,
    requireTLS: requiresTls(smtpUrl),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silentMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0])
}
