type Section = {
  /** `0.2.0`, or `Unreleased`. */
  title: string
  /** From its heading to the next one, without the empty lines at the end. */
  text: string
  /** Whether it has anything below its heading. */
  hasEntries: boolean
}

const HEADING = /^## \[(?:(Unreleased)\]|(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d)$/

/** The sections of CHANGELOG.md, newest first. That of a version needs a date: `## [0.2.0] - 2026-11-27`. */
export function sectionsOf(changelog: string): Section[] {
  return changelog.split(/^(?=## )/m).flatMap((part) => {
    const [heading = '', ...lines] = part.trimEnd().split('\n')
    const [, unreleased, version] = HEADING.exec(heading) ?? []
    const title = unreleased ?? version
    return title ? [{ title, text: part.trimEnd(), hasEntries: lines.join('').trim() !== '' }] : []
  })
}
