import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { AuditEntry } from '../../api/types.ts'
import { wordingOf } from './actions.ts'
import { actorText, targetPage, targetText } from './auditEntry.ts'

/** An entry as a sentence: `Ada revoked the key Production: “leaked”`. */
export function EntrySentence({ entry }: { entry: AuditEntry }) {
  const { before, after, byItself, withoutTarget } = wordingOf(entry.action)
  const end = after?.(entry.details) ?? ''
  return (
    <Text size="sm" component="span">
      {!byItself && <b>{actorText(entry.actor)} </b>}
      {before(entry.details)}
      {!withoutTarget && (
        <>
          {' '}
          <Target entry={entry} />
        </>
      )}
      {end !== '' && `${end.startsWith(':') ? '' : ' '}${end}`}
    </Text>
  )
}

function Target({ entry }: { entry: AuditEntry }) {
  const page = targetPage(entry)
  const name = targetText(entry)
  if (page === undefined) return <b>{name}</b>
  return (
    <Anchor component={Link} to={page} inherit underline="always">
      {name}
    </Anchor>
  )
}

/** The same as plain text, for a label. */
export function sentenceText(entry: AuditEntry): string {
  const { before, byItself, withoutTarget } = wordingOf(entry.action)
  const start = byItself ? '' : `${actorText(entry.actor)} `
  return `${start}${before(entry.details)}${withoutTarget ? '' : ` ${targetText(entry)}`}`
}
