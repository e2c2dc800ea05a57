import { Text, type TextProps } from '@mantine/core'
import { instantText, relativeText } from './format/formatTime.ts'

type Props = TextProps & {
  /** ISO 8601; null shows `never`. */
  at: string | null
  never?: string
}

/** How long ago, or in how long; the instant itself (UTC) as its title. */
export function TimeText({ at, never = 'never', ...text }: Props) {
  if (at === null)
    return (
      <Text span inherit c="dimmed" {...text}>
        {never}
      </Text>
    )
  return (
    <Text span inherit {...text}>
      <time dateTime={at} title={instantText(at)}>
        {relativeText(at, Date.now())}
      </time>
    </Text>
  )
}
