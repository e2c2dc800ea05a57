import { describe, expect, it } from 'vitest'
import { importRecordOf } from '../../src/domain/imports/importRecord.ts'
import { name, readName } from '../../src/domain/names.ts'

const parse = (text: string) => {
  const parsed = name(100).safeParse(text)
  return parsed.success ? parsed.data : undefined
}

describe('a name', () => {
  it.each([
    ...['CI', 'Ünïcode naïve', 'O’Brien & Söhne <prod> #1', 'a', '1', '—', '€'],
    ...['日本語のキー', '한국어', 'ελληνικά', 'Ключ', 'עברית', 'العربية', 'ไทย', 'አማርኛ', 'தமிழ்', 'ᠮᠣᠩᠭᠣᠯ'],
    // Joiners: Persian, Hindi, Bengali, Malayalam, Sinhala, Mongolian.
    ...['می\u200cخواهم', 'क्\u200dष', 'क्\u200cष', 'র\u200cয', 'ന്\u200d', 'ශ්\u200dරී', 'ᠠ\u180e', 'ᠠ\u180b'],
    // Emoji: plain, with a presentation, joined, with a skin tone, a keycap, a country's and a region's flag.
    ...['🚀', '❤️', '👩‍💻', '👨‍👩‍👧‍👦', '👍🏽', '🧑🏿‍🚀', '❤️‍🔥', '🏳️‍🌈', '1️⃣', '🇺🇦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ...['葛\u{e0100}', '؀١', 'a\u00a0b', '\u{1fc00}'],
  ])('%j is taken as it is', (text) => expect(parse(text)).toBe(text.normalize('NFC')))

  it.each([
    ['  CI \u3000', 'CI'],
    ['e\u0301', '\u00e9'],
    ['\u212b', '\u00c5'],
  ])('%j is kept as %j', (text, kept) => expect(parse(text)).toBe(kept))

  it.each([
    ...[
      '',
      ' ',
      '\u00a0\u3000',
      '\u2800',
      '\ufffc',
      '\u0301',
      '\u3164',
      '\u115f',
      '\uffa0',
      '\u200b',
      '\u200d',
      '\ufe0f',
    ],
    ...['a\nb', 'a\u0000b', 'a\u0085b', 'a\u007fb', 'a\u2028b', 'a\u2029b'],
    ...[
      'a\u200bb',
      'a\u200cb',
      'a\u200db',
      'a\u2060b',
      'a\ufeffb',
      'a\u00adb',
      'a\u034fb',
      'a\u061cb',
      'a\u180eb',
    ],
    ...['a\u200eb', 'a\u200fb', '\u202eevil', 'a\u202ab', 'a\u2066b\u2069', '\u206a', 'a\u3164b'],
    ...[
      '\ue000',
      'a\u{f0000}',
      'a\u{10fffd}',
      'a\u0378',
      'a\ufdd0',
      'a\uffff',
      'a\u{e0041}',
      'a\u{e0100}',
      'a\ufff9',
    ],
    // Where nothing is joined.
    ...[
      '🚀\u200d',
      '\u200d🚀',
      'می\u200c',
      '\u200cمی',
      'می\u200c\u200cخ',
      '👩\u200d\u200d💻',
      '🏴\u{e0067}',
      'a\u{e007f}',
    ],
    ...['\ud800', 'x'.repeat(101)],
  ])('%j is refused', (text) => expect(parse(text)).toBeUndefined())

  it('is as long as it may be once composed: what grows is refused', () => {
    expect('\u0958'.normalize('NFC')).toHaveLength(2)
    expect(parse('\u0958'.repeat(50))).toHaveLength(100)
    expect(parse('\u0958'.repeat(51))).toBeUndefined()
  })

  it('of an imported key keeps to the same, by field', () => {
    const hash = 'a'.repeat(64)
    const faults = (text: string) => importRecordOf({ hash, name: text }, 1, new Date())
    expect(faults('x\u202ey')).toEqual({
      faults: [expect.objectContaining({ field: 'name', code: 'invalid_format' })],
    })
    expect(faults(' e\u0301 ')).toMatchObject({ record: { name: '\u00e9' } })
  })

  it('on the command line names its option', () => {
    expect(readName('--name', ' CI ')).toBe('CI')
    expect(() => readName('--name', '\u200b')).toThrow(/^--name must not contain .*invisible/)
    expect(() => readName('--name', 'x'.repeat(101))).toThrow(/^--name must have at most 100 characters/)
  })
})
