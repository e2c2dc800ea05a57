import { canonicalAddress } from '../../domain/addresses.ts'
import { DAY_MS } from '../../domain/time.ts'
import { type Check, type Found, found } from '../Check.ts'
import type { Introduction } from '../challenge.ts'
import type { Facts, PublicUrlAnswer } from '../Facts.ts'
import { FORGED_ADDRESS } from '../probes/publicUrl.ts'

type UrlCheck = Omit<Check, 'area' | 'severity' | 'look'> & Partial<Pick<Check, 'severity'>>

const check = (about: UrlCheck, look: (facts: Facts) => Found[] | undefined): Check => ({
  severity: 'error',
  ...about,
  area: 'Public URL',
  look,
})

/** A check of what came back. */
const answered = (
  about: UrlCheck,
  look: (answer: PublicUrlAnswer, facts: Facts) => Found[] | undefined,
): Check => check(about, (facts) => (facts.publicUrl?.ok ? look(facts.publicUrl.value, facts) : undefined))

/** A check of whom the service takes us for; says nothing where no proxy is in between. */
const introduced = (
  about: UrlCheck,
  look: (seen: Introduction, hops: string[], added: string[]) => Found[],
): Check =>
  answered(about, ({ introduction, isDirect }) => {
    if (!introduction) return undefined
    if (isDirect) return []
    const hops = (introduction.forwardedFor ?? '')
      .split(',')
      .filter((hop) => hop.trim() !== '')
      .map((hop) => canonicalAddress(hop) ?? 'unknown')
    // What stands behind the address that we claimed, proxies have added: the first of it is ours.
    return look(introduction, hops, hops.slice(hops.lastIndexOf(FORGED_ADDRESS) + 1))
  })

const isRedirect = ({ status }: PublicUrlAnswer) => status >= 300 && status < 400

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$|\.localhost$/

const withoutSlash = (url: string | null | undefined) => url?.replace(/\/+$/, '')

/** When a certificate should have been renewed: two weeks before its end, or a sixth of its life if that is less. */
const renewalOf = ({ validFrom, validTo }: { validFrom: number; validTo: number }) =>
  validTo - Math.min(14 * DAY_MS, (validTo - validFrom) / 6)

export const publicUrlChecks: Check[] = [
  check(
    {
      id: 'public-url-missing',
      severity: 'warning',
      why: 'Without `PUBLIC_URL` there are no emails and no links to the dashboard, and cookies are not `Secure`.',
      fix: 'Set it to the URL at which callers reach the api.',
    },
    ({ env }) =>
      found(env.NODE_ENV === 'production' && env.PUBLIC_URL === undefined, {
        found: 'PUBLIC_URL is not set',
        expected: 'an https: URL',
      }),
  ),
  check(
    {
      id: 'public-url-http',
      why: '`PUBLIC_URL` begins with `http:`. Keys and sessions travel in the open, and cookies are not `Secure`.',
      fix: 'Put a proxy with TLS in front of the api, and set `PUBLIC_URL=https://…`: [TLS](proxies.md#the-service-itself-behind-tls).',
    },
    ({ env: { PUBLIC_URL, NODE_ENV } }) => {
      if (PUBLIC_URL === undefined) return undefined
      const { protocol, hostname } = new URL(PUBLIC_URL)
      return found(NODE_ENV === 'production' && protocol === 'http:' && !LOOPBACK.test(hostname), {
        found: 'PUBLIC_URL begins with http:',
        expected: 'https:',
      })
    },
  ),
  check(
    {
      id: 'public-url-unreachable',
      why: 'Nothing answers at `PUBLIC_URL`, or its proxy finds no api (502, 503, 504).',
      fix: 'Check its name, the proxy, and whether an api runs. Where this machine cannot reach the public address, run `doctor` on one that can.',
    },
    ({ publicUrl }) => {
      if (!publicUrl) return undefined
      if (publicUrl.ok)
        return found(publicUrl.value.status >= 500, {
          found: `${publicUrl.value.status} instead of an answer`,
          expected: '200',
        })
      return publicUrl.failure.kind === 'tls'
        ? []
        : [{ found: publicUrl.failure.reason, expected: 'an answer' }]
    },
  ),
  check(
    {
      id: 'public-url-certificate',
      why: 'The certificate at `PUBLIC_URL` is not valid: expired, for another name, or of a CA that nobody knows.',
      fix: 'Get one for this name. `NODE_EXTRA_CA_CERTS` names a CA of your own.',
    },
    ({ publicUrl }) =>
      publicUrl &&
      (publicUrl.ok || publicUrl.failure.kind !== 'tls'
        ? []
        : [{ found: publicUrl.failure.reason, expected: 'a valid certificate' }]),
  ),
  answered(
    {
      id: 'public-url-certificate-ends',
      severity: 'warning',
      why: 'The certificate ends soon: in less than two weeks, or a sixth of its life. It should have been renewed by now.',
      fix: 'Look at the log of what renews it.',
    },
    ({ certificate }, { now }) =>
      certificate
        ? found(now > renewalOf(certificate), {
            found: `It ends at ${new Date(certificate.validTo).toISOString()}`,
            expected: `a renewal before ${new Date(renewalOf(certificate)).toISOString()}`,
          })
        : [],
  ),
  answered(
    {
      id: 'public-url-redirects',
      why: '`PUBLIC_URL` redirects. Clients drop their `Authorization` on the way, and browsers their cookies.',
      fix: 'Set `PUBLIC_URL` to where it leads.',
    },
    (answer) =>
      found(isRedirect(answer), {
        found: `${answer.status} to ${originOf(answer.location)}`,
        expected: '200',
      }),
  ),
  answered(
    {
      id: 'public-url-other',
      why: 'Something else answers at `PUBLIC_URL`, or an api with another `SECRETS_KEY` or of an older release.',
      fix: 'Check the name, the proxy’s routes (`/livez` must reach the api), and that all processes have the same `SECRETS_KEY`.',
    },
    (answer) =>
      isRedirect(answer) || answer.status >= 500
        ? undefined
        : found(!answer.introduction, {
            found: `What answers (${answer.status}) does not prove that it has this SECRETS_KEY`,
            expected: 'an api of this service',
          }),
  ),
  answered(
    {
      id: 'public-url-differs',
      why: 'The api has another `PUBLIC_URL` than this environment: links, cookies and the check of origins follow the api’s.',
      fix: 'Give every process the same, and restart.',
    },
    ({ introduction }, { env }) =>
      introduction &&
      found(withoutSlash(introduction.publicUrl) !== withoutSlash(env.PUBLIC_URL), {
        found: introduction.publicUrl === null ? 'The api has none' : 'The api has another one',
        expected: 'the same PUBLIC_URL',
      }),
  ),
  introduced(
    {
      id: 'trusted-proxies',
      why: '`TRUSTED_PROXIES` does not name a proxy on the way. Every caller has its address: lists of allowed addresses refuse everybody, and all sign-ins share one budget.',
      fix: 'Add that address to `TRUSTED_PROXIES` of every api, and restart.',
    },
    ({ address, believes }, _hops, added) =>
      found(added.length > 0 && (!believes || added.indexOf(address) > 0), {
        found: `The service takes us for ${address}`,
        expected: `${added[0]}, as the first proxy saw us`,
      }),
  ),
  introduced(
    {
      id: 'forwarded-for-missing',
      why: 'What stands in front of the api adds no `X-Forwarded-For`: the api cannot know who calls.',
      fix: 'Let the proxy set it to the address that it sees itself: [examples](proxies.md#the-service-itself-behind-tls).',
    },
    ({ address, believes }, hops, added) =>
      found(added.length === 0 && (hops.length === 0 || !believes), {
        found: `The service takes us for ${address}, and the proxy adds nothing`,
        expected: 'X-Forwarded-For with our address',
      }),
  ),
  introduced(
    {
      id: 'forwarded-for-forged',
      why: 'The proxy passes on the `X-Forwarded-For` that a caller sends, and adds nothing: anybody can claim any address.',
      fix: 'Let the proxy replace the header: [examples](proxies.md#the-service-itself-behind-tls).',
    },
    ({ believes }, hops, added) =>
      found(believes && hops.length > 0 && added.length === 0, {
        found: `The service believed that we come from ${FORGED_ADDRESS}`,
        expected: 'our address',
      }),
  ),
]

/** Without a path and a query: these may be secret. */
function originOf(location: string | undefined): string {
  try {
    return new URL(location ?? '').origin
  } catch {
    return 'another path'
  }
}
