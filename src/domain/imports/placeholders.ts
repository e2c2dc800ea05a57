import { digestOf } from '../keys/keyFormat.ts'

/**
 * What programs send when nobody has given them a key. A key with such a value would be everybody's: each client of any
 * account that is set up wrongly would be taken for its owner. Parts of a name are separated by spaces.
 */
const WORDS = [
  ...[
    'undefined',
    'null',
    'none',
    'nil',
    'nan',
    'nothing',
    'empty',
    'missing',
    'unset',
    'unknown',
    'n/a',
    'na',
  ],
  ...[
    'true',
    'false',
    'yes',
    'no',
    'ok',
    'object object',
    'function',
    '0',
    '1',
    '-1',
    '123',
    '1234',
    '12345',
  ],
  ...[
    '123456',
    '1234567',
    '12345678',
    '123456789',
    '1234567890',
    'abc',
    'abc123',
    'abcd',
    'abcdef',
    'foo',
    'bar',
  ],
  ...[
    'foobar',
    'baz',
    'test',
    'testing',
    'tests',
    'test test',
    'demo',
    'dev',
    'example',
    'sample',
    'dummy',
    'fake',
  ],
  ...[
    'default',
    'placeholder',
    'secret',
    'password',
    'passwd',
    'token',
    'key',
    'bearer',
    'basic',
    'apikey',
    'redacted',
  ],
  ...[
    'api key',
    'api token',
    'api secret',
    'access key',
    'access token',
    'auth token',
    'secret key',
    'my key',
    'my api key',
  ],
  ...[
    'my token',
    'my secret',
    'your key',
    'your token',
    'your secret',
    'your api key',
    'your api token',
    'your secret key',
  ],
  ...[
    'your access token',
    'your key here',
    'your api key here',
    'your token here',
    'api key here',
    'key here',
    'the key',
  ],
  ...[
    'insert key here',
    'insert api key here',
    'insert your key here',
    'insert your api key here',
    'enter key here',
  ],
  ...[
    'enter api key',
    'enter your api key',
    'paste key here',
    'paste api key here',
    'put your key here',
    'add key here',
  ],
  ...[
    'change me',
    'change it',
    'replace me',
    'replace this',
    'replace with your key',
    'replace with your api key',
  ],
  ...[
    'fill me in',
    'to do',
    'tbd',
    'fixme',
    'test key',
    'test api key',
    'test token',
    'demo key',
    'example key',
  ],
  ...[
    'sample key',
    'sample api key',
    'dummy key',
    'fake key',
    'fake api key',
    'invalid',
    'invalid key',
    'live key',
  ],
  ...['process.env.api key', 'env.api key', 'admin key', 'service token', 'authorization', 'x api key'],
]

/** Around a name: how templates that were not filled in look. */
const FRAMES: [string, string][] = [
  ['', ''],
  ['<', '>'],
  ['{', '}'],
  ['{{', '}}'],
  ['{{ ', ' }}'],
  ['${', '}'],
  ['[', ']'],
  ['(', ')'],
  ['%', '%'],
  ['$', ''],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
]

const SCHEMES = ['Bearer ', 'bearer ', 'Basic ', 'Token ']
const FILLERS = 'xX*.-_?#0'
const LONGEST_FILLER = 64

function* spellings(word: string): Generator<string> {
  const parts = word.split(' ')
  const capitals = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1))
  for (const between of ['', ' ', '-', '_', '.']) {
    yield parts.join(between)
    yield parts.join(between).toUpperCase()
    yield capitals.join(between)
  }
  yield parts[0] + capitals.slice(1).join('')
}

function* placeholders(): Generator<string> {
  for (const word of WORDS) {
    for (const spelling of new Set(spellings(word))) {
      for (const [before, after] of FRAMES) yield `${before}${spelling}${after}`
      for (const scheme of SCHEMES) yield `${scheme}${spelling}`
    }
  }
  yield* ['NaN', '[object Object]', '{}', '[]', '""', "''", '...', '…']
  for (const filler of FILLERS) {
    for (let length = 2; length <= LONGEST_FILLER; length++) yield filler.repeat(length)
  }
}

let digests: Set<string> | undefined

/** Whether a digest is that of a placeholder rather than of a key. */
export function isPlaceholder(digest: string): boolean {
  digests ??= new Set([...placeholders()].map(digestOf))
  return digests.has(digest)
}
