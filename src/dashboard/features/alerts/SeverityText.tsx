import { Group, Text } from '@mantine/core'
import { IconAlertCircle, IconFlame, IconInfoCircle } from '@tabler/icons-react'

type Severity = 'info' | 'warning' | 'critical'

export const severities = [
  { value: 'info', label: 'Info' },
  { value: 'warning', label: 'Warning' },
  { value: 'critical', label: 'Critical' },
] as const satisfies { value: Severity; label: string }[]

const icons = { info: IconInfoCircle, warning: IconAlertCircle, critical: IconFlame }

export function SeverityText({ severity }: { severity: Severity }) {
  const Icon = icons[severity]
  return (
    <Group gap={6} wrap="nowrap" display="inline-flex">
      <Icon size={16} stroke={1.75} aria-hidden />
      <Text span inherit>
        {severities.find(({ value }) => value === severity)?.label}
      </Text>
    </Group>
  )
}
