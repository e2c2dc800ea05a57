import { Text, type TextProps, Tooltip } from '@mantine/core'
import { instantText, relativeText } from './formatTime.ts'

type Props = TextProps & {
  /** ISO 8601; null shows `never`. */
  at: string | null
  never?: string
}

/** How long ago, or in how long; the instant itself (UTC) in a tooltip and to assistive technology. */
export function TimeText({ at, never = 'never', ...text }: Props) {
  if (at === null)
    return (
      <Text span inherit c="dimmed" {...text}>
        {never}
      </Text>
    )
  return (
    <Tooltip label={instantText(at)} events={{ hover: true, focus: true, touch: true }}>
      <Text span inherit {...text}>
        <time dateTime={at}>{relativeText(at, Date.now())}</time>
      </Text>
    </Tooltip>
  )
}
