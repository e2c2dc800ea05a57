import { z } from 'zod'

/** Scripts whose spelling needs the joiners U+200C and U+200D: Persian, Indic and their relatives. */
const JOINING = [
  ...[
    'Arab',
    'Syrc',
    'Mand',
    'Nkoo',
    'Mong',
    'Phag',
    'Rohg',
    'Adlm',
    'Deva',
    'Beng',
    'Guru',
    'Gujr',
    'Orya',
    'Taml',
  ],
  ...['Telu', 'Knda', 'Mlym', 'Sinh', 'Tibt', 'Mymr', 'Khmr', 'Java', 'Bali', 'Tirh', 'Sylo', 'Newa'],
]
  .map((script) => `\\p{scx=${script}}`)
  .join('')

/** Characters without a shape of their own that change the shape of their neighbours: welcome where they do. */
const SHAPING = new RegExp(
  [
    // Emoji: joined, with a presentation, and flags of regions (UTS #51).
    '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F])\\u200D(?=\\p{Extended_Pictographic})',
    '(?<=[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}])[\\uFE00-\\uFE0F]',
    '(?<=\\u{1F3F4})[\\u{E0020}-\\u{E007E}]+\\u{E007F}',
    // Joiners within a word.
    `(?<=(?=[${JOINING}])[\\p{L}\\p{M}])(?:\\u200D|\\u200C(?=[\\p{L}\\p{M}]))`,
    // Variants of Han and Mongolian letters, and the Mongolian vowel separator.
    '(?<=\\p{scx=Han})[\\u{E0100}-\\u{E01EF}]',
    '(?<=\\p{scx=Mong})[\\u180B-\\u180F]',
  ].join('|'),
  'gu',
)

/** Format characters that are seen: Arabic, Syriac and Kaithi number signs, and the joiners of hieroglyphs. */
const SEEN_FORMATS =
  '\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u{110BD}\\u{110CD}\\u{13430}-\\u{1343F}'

/**
 * What nobody sees: controls, zero-width characters, direction marks and overrides, fillers, line separators; and
 * what has no agreed meaning: private use and unassigned code points, but for those that Unicode keeps for emoji.
 */
const UNSEEN = new RegExp(
  `(?![${SEEN_FORMATS}\\p{Extended_Pictographic}])[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]`,
  'u',
)

/** At least one of these, and none that is blank by design: Braille's empty cell, the stand-in for an object. */
const VISIBLE = /(?![\u2800\uFFFC])[\p{L}\p{N}\p{P}\p{S}\p{Extended_Pictographic}]/u

/** Why people could not see a name, or distinguish it from another; undefined for a good one. */
function unseenIn(name: string): string | undefined {
  if (UNSEEN.test(name.replace(SHAPING, '')))
    return 'must not contain control, invisible or unassigned characters'
  if (!VISIBLE.test(name)) return 'must contain a visible character'
  return undefined
}

/**
 * A name that people read: of a key, a member, an account, a rule, a channel. White space around it is dropped, and
 * it is kept in Unicode's composed form (NFC), so that what looks alike is alike. Emoji and every script are welcome.
 */
export const name = (max: number) =>
  z
    .string()
    .min(1, { abort: true })
    .max(max, { abort: true })
    .overwrite((text) => text.normalize('NFC').trim())
    .max(max)
    .superRefine((text, context) => {
      const message = unseenIn(text)
      if (message !== undefined) context.addIssue(message)
    })

/** The same for what is typed on the command line. Throws an Error that names the option. */
export function readName(option: string, text: string, max = 100): string {
  const parsed = name(max).safeParse(text)
  if (parsed.success) return parsed.data
  const message = text.length > max ? `must have at most ${max} characters` : parsed.error.issues[0]?.message
  throw new Error(`${option} ${message}.`)
}
