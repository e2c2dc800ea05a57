import { Alert, Text } from '@mantine/core'
import { messageOf, ProblemError } from '../api/ProblemError.ts'

type Props = {
  error: unknown
  /** The operation of a 202 that is still followed. */
  operationId: string | undefined
  /** Whether the result is shown only once, here. */
  mustStay?: boolean
}

/** The state of a command in a dialog: nothing while all is well, the progress of a 202, or the problem. */
export function CommandNotice({ error, operationId, mustStay = false }: Props) {
  if (operationId)
    return (
      <Alert variant="light" role="status" title="Accepted, still in progress">
        <Text size="sm">
          This is taking longer than usual. Your change is saved and will complete
          {mustStay
            ? '. Stay on this page: the result is shown only once. '
            : ', even if you leave this page. '}
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
