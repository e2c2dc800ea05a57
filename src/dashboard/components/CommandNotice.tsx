import { Alert, Text } from '@mantine/core'
import { messageOf, ProblemError } from '../api/ProblemError.ts'

type Props = {
  error: unknown
  /** Of the operation that a 202 is followed by. */
  operationId: string | undefined
  /** Whether its outcome is shown this once, here. */
  mustStay?: boolean
}

/** What became of a command, for a dialog: nothing while all is well, the road of a 202, or what went wrong. */
export function CommandNotice({ error, operationId, mustStay = false }: Props) {
  if (operationId)
    return (
      <Alert variant="light" role="status" title="Taken, and still being done">
        <Text size="sm">
          It takes longer than usual. It is kept and will be done
          {mustStay ? '. Stay here: its outcome is shown this once. ' : ', also when you leave this page. '}
          Operation <span className="mono">{operationId}</span>.
        </Text>
      </Alert>
    )
  const isOfFields = error instanceof ProblemError && error.errors.length > 0
  if (!error || isOfFields) return null
  return (
    <Alert color="red" variant="light" role="alert">
      {messageOf(error)}
    </Alert>
  )
}
