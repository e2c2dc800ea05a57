import { Alert, Text } from '@mantine/core'
import { TimeText } from '../../ui/TimeText.tsx'

/** Above every page of a suspended account. */
export function SuspensionNotice({ since, reason }: { since: string; reason: string | null }) {
  return (
    <Alert color="red" variant="light" role="status" mb="lg" title="This account is suspended">
      <Text size="sm">
        Suspended <TimeText at={since} />
        {reason === null ? '.' : `: ${reason}`}
      </Text>
      <Text size="sm">
        Its keys are refused. You can read everything, but not change it. Contact support.
      </Text>
    </Alert>
  )
}
