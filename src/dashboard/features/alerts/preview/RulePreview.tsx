import { Alert, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { messageOf, ProblemError } from '../../../api/ProblemError.ts'
import { alertPreviewQuery } from '../../../api/queries/alerts.ts'
import { channelsQuery } from '../../../api/queries/channels.ts'
import classes from '../editor/RuleEditor.module.css'
import { metrics } from '../metrics.ts'
import { ruleSentence } from '../ruleSentence.ts'
import { factsOfValues, newRuleOf, type RuleValues } from '../ruleValues.ts'
import { useKeyNames } from '../useKeyNames.ts'
import { PreviewIncidents } from './PreviewIncidents.tsx'
import { previewSentence } from './previewSentence.ts'

const PreviewChart = lazy(async () => ({ default: (await import('./PreviewChart.tsx')).PreviewChart }))

const PAUSE_MS = 400
const CHART_HEIGHT = 220

/** What a rule that is being written says, and what it would have done in the last seven days. */
export function RulePreview({ values }: { values: RuleValues }) {
  const nameOf = useKeyNames(values.keyIds)
  const { data } = useQuery(channelsQuery)
  return (
    <Stack gap="lg" className={classes.aside}>
      <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="section" aria-labelledby="in-words">
        <Title order={2} size="h5" id="in-words" mb={6}>
          In words
        </Title>
        <Text aria-live="polite">{ruleSentence(factsOfValues(values, nameOf, data?.channels ?? []))}</Text>
      </Paper>
      <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="section" aria-labelledby="preview">
        <Title order={2} size="h5" id="preview" mb={6}>
          The last seven days
        </Title>
        <Preview values={values} nameOf={nameOf} />
      </Paper>
    </Stack>
  )
}

function Preview({ values, nameOf }: { values: RuleValues; nameOf: (id: string) => string }) {
  // Who is notified does not change when it fires.
  const { name: _, channelIds: __, severity: ___, ...asked } = newRuleOf(values)
  const [rule] = useDebouncedValue(asked, PAUSE_MS)
  const { unit } = metrics[rule.metric]
  const isWhole =
    (unit === undefined || rule.threshold != null) &&
    !(rule.scope && 'keyIds' in rule.scope && rule.scope.keyIds.length === 0)
  const preview = useQuery({ ...alertPreviewQuery(rule), enabled: isWhole })
  if (!isWhole) return <Text c="dimmed">Fill in the rule to see when it would have fired.</Text>
  if (preview.error)
    return (
      <Alert color="yellow" variant="light" role="status">
        There is no preview of this rule: {faultOf(preview.error)}
      </Alert>
    )
  if (!preview.data) return <Skeleton height={CHART_HEIGHT + 60} />
  const { data } = preview
  return (
    <Stack gap="md" aria-busy={preview.isPlaceholderData}>
      <Text aria-live="polite" fw={550}>
        {previewSentence(data)}
      </Text>
      {data.grains.length > 0 && (
        <Suspense fallback={<Skeleton height={CHART_HEIGHT} />}>
          <PreviewChart preview={data} height={CHART_HEIGHT} nameOf={nameOf} />
        </Suspense>
      )}
      <PreviewIncidents preview={data} nameOf={nameOf} />
      <Text size="xs" c="dimmed">
        {data.note}
      </Text>
    </Stack>
  )
}

function faultOf(error: unknown): string {
  if (!(error instanceof ProblemError) || error.errors.length === 0) return messageOf(error)
  return error.errors.map(({ field, message }) => `${field} ${message}`).join(', ')
}
