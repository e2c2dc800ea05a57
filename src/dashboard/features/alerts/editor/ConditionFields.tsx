import { Fieldset, NumberInput, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import type { Metric } from '../../../api/types.ts'
import { durationWords, minutesOf } from '../durationWords.ts'
import { metricChoices, metrics } from '../metrics.ts'
import { suggestedName } from '../ruleSentence.ts'
import classes from './RuleEditor.module.css'
import type { RuleForm } from './ruleForm.ts'
import { ScopeFields } from './ScopeFields.tsx'

const WINDOWS = ['5m', '15m', '1h', '6h', '24h']
const HOLDS = ['0m', '1m', '5m', '10m', '15m', '30m', '1h', '2h', '6h']

/** Durations to choose from; one that a rule has by REST is among them. */
export const durationChoices = (durations: string[], current: string, none?: string) =>
  [...new Set([...durations, current])]
    .filter((duration) => minutesOf(duration) > 0 || none)
    .toSorted((a, b) => minutesOf(a) - minutesOf(b))
    .map((value) => ({ value, label: value === '0m' && none ? none : durationWords(value) }))

type Props = { form: RuleForm; isSaved: boolean }

/** What is watched, and when it is too much. */
export function ConditionFields({ form, isSaved }: Props) {
  const { metric, window, for: held } = form.values
  const { about, unit, windowed } = metrics[metric]
  const choose = (value: string | null) => {
    const chosen = value as Metric
    const isNamed = form.values.name !== suggestedName(metric)
    form.setValues({
      metric: chosen,
      threshold: metrics[chosen].start ?? '',
      ...(isNamed ? {} : { name: suggestedName(chosen) }),
    })
    form.clearErrors()
  }
  return (
    <>
      <Fieldset variant="unstyled" legend="What is watched" classNames={{ legend: classes.legend }}>
        <Stack gap="md">
          <TextInput label="Name" maxLength={100} required {...form.getInputProps('name')} />
          <Select
            label="Metric"
            data={metricChoices}
            description={isSaved ? `${about} A saved rule keeps its metric.` : about}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            allowDeselect={false}
            maxDropdownHeight={420}
            disabled={isSaved}
            {...form.getInputProps('metric')}
            onChange={choose}
          />
          <ScopeFields form={form} />
        </Stack>
      </Fieldset>
      {(unit !== undefined || windowed || metric === 'unknown_ip') && (
        <Fieldset variant="unstyled" legend="When it fires" classNames={{ legend: classes.legend }}>
          <div className={classes.pair}>
            {unit !== undefined && (
              <NumberInput
                label="Threshold"
                required
                min={0}
                clampBehavior="none"
                allowNegative={false}
                thousandSeparator=","
                suffix={unit === '%' ? ' %' : ` ${unit}`}
                hideControls
                {...form.getInputProps('threshold')}
              />
            )}
            {windowed && (
              <Select
                label="Window"
                data={durationChoices(WINDOWS, window)}
                allowDeselect={false}
                {...form.getInputProps('window')}
              />
            )}
            {windowed && (
              <Select
                label="For at least"
                data={durationChoices(HOLDS, held, 'at once')}
                allowDeselect={false}
                {...form.getInputProps('for')}
              />
            )}
            {metric === 'error_rate' && (
              <NumberInput
                label="Minimum requests"
                min={1}
                clampBehavior="none"
                allowNegative={false}
                allowDecimal={false}
                thousandSeparator=","
                hideControls
                {...form.getInputProps('minRequests')}
              />
            )}
          </div>
          {metric === 'unknown_ip' && (
            <TagsInput
              label="Known networks"
              description="Addresses or CIDR ranges, such as 203.0.113.0/24. Press Enter after each."
              {...form.getInputProps('allowedRanges')}
            />
          )}
        </Fieldset>
      )}
    </>
  )
}
