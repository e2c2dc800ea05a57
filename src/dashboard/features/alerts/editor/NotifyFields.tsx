import { Button, Fieldset, Group, MultiSelect, Radio, Select, Stack, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { channelsQuery } from '../../../api/queries/channels.ts'
import { AddChannel } from '../../../ui/channels/AddChannel.tsx'
import { channelTypes } from '../../../ui/channels/channelTypes.ts'
import { listText } from '../../../ui/format/listText.ts'
import { everyWords } from '../durationWords.ts'
import { NEVER } from '../ruleValues.ts'
import { severities } from '../SeverityText.tsx'
import { durationChoices } from './ConditionFields.tsx'
import classes from './RuleEditor.module.css'
import type { RuleForm } from './ruleForm.ts'

const REPEATS = ['15m', '1h', '4h', '12h', '24h']

/** Who is notified, how often, and how urgently. */
export function NotifyFields({ form }: { form: RuleForm }) {
  const { channelIds, repeatInterval } = form.values
  const { data } = useQuery(channelsQuery)
  const [isAdding, setAdding] = useState(false)
  const channels = data?.channels ?? []
  const waiting = channels.filter(({ id, verified }) => channelIds.includes(id) && !verified)
  const repeats = [
    { value: NEVER, label: 'Never' },
    ...durationChoices(REPEATS, repeatInterval).map(({ value }) => ({
      value,
      label: `Every ${everyWords(value)}`,
    })),
  ]
  return (
    <Fieldset variant="unstyled" legend="Who is notified" classNames={{ legend: classes.legend }}>
      <Stack gap="md">
        <Stack gap={6}>
          <Group align="flex-end" gap="sm" wrap="nowrap">
            <MultiSelect
              flex={1}
              label="Channels"
              placeholder={channelIds.length > 0 ? undefined : 'Email, Slack or webhook'}
              data={channels.map(({ id, name, type }) => ({
                value: id,
                label: `${name} (${channelTypes[type].label})`,
              }))}
              nothingFoundMessage="There is no channel yet"
              {...form.getInputProps('channelIds')}
            />
            <Button variant="default" onClick={() => setAdding(true)}>
              New channel
            </Button>
          </Group>
          {waiting.length > 0 && (
            <Text size="xs" c="dimmed" role="status">
              {listText(
                waiting.map(({ name }) => name),
                'and',
              )}{' '}
              {waiting.length === 1 ? 'is' : 'are'} not verified yet, and not notified until then.
            </Text>
          )}
        </Stack>
        <div className={classes.pair}>
          <Select
            label="Notify again while it lasts"
            data={repeats}
            allowDeselect={false}
            {...form.getInputProps('repeatInterval')}
          />
          <Radio.Group label="Severity" {...form.getInputProps('severity')}>
            <Group gap="md" mt={10}>
              {severities.map(({ value, label }) => (
                <Radio key={value} value={value} label={label} />
              ))}
            </Group>
          </Radio.Group>
        </div>
        <Switch
          label="Notify when it is over"
          {...form.getInputProps('notifyRecovery', { type: 'checkbox' })}
        />
      </Stack>
      {isAdding && (
        <AddChannel
          onClose={() => setAdding(false)}
          onCreated={(id) => form.setFieldValue('channelIds', [...form.values.channelIds, id])}
        />
      )}
    </Fieldset>
  )
}
