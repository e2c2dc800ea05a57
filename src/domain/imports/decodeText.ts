/** How a file's bytes begin in UTF-16, as spreadsheets write "Unicode text". */
const MARKS = [
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

/** Encodings that may be named for a file without a mark. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** The bytes do not fit their encoding. */
export class NotText extends Error {
  constructor(encoding: string) {
    super(
      encoding === 'utf-8'
        ? 'is not valid UTF-8. Save it as "CSV UTF-8", or name its encoding'
        : `is not valid ${encoding}`,
    )
    this.name = 'NotText'
  }
}

/** A decoder for a file that begins with these bytes: its mark decides, then what was named, else it is UTF-8. */
export function decoderFor(start: Uint8Array, named: Encoding = 'utf-8') {
  const mark = MARKS.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte))
  const encoding = mark?.encoding ?? named
  const decoder = new TextDecoder(encoding, { fatal: true })
  /** Throws NotText. `more`: the text continues. */
  return (bytes: Uint8Array, more: boolean): string => {
    try {
      return decoder.decode(bytes, { stream: more })
    } catch {
      throw new NotText(encoding)
    }
  }
}
