import { Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RuleWithStates } from '../../../api/types.ts'
import { wholeText } from '../../../ui/format/formatNumber.ts'
import { TimeText } from '../../../ui/TimeText.tsx'
import { isPerKey } from '../metrics.ts'
import { SeverityText } from '../SeverityText.tsx'
import { StateBadge } from '../StateBadge.tsx'
import classes from './StatesCard.module.css'

const SHOWN = 50

type Props = { rule: RuleWithStates; nameOf: (keyId: string) => string; sentence: string }

/** What the rule is in: as a whole, and at each key that is not ok. */
export function StatesCard({ rule, nameOf, sentence }: Props) {
  const { scope, states, evaluatedAt, enabled } = rule
  const keys = 'keyIds' in scope ? scope.keyIds.length : undefined
  const scopeText =
    keys === undefined
      ? isPerKey(rule.metric)
        ? 'every active key'
        : 'the account as a whole'
      : keys === 1
        ? nameOf('keyIds' in scope ? (scope.keyIds[0] ?? '') : '')
        : `${wholeText(keys)} keys, each by itself`
  const byKey = states.filter(({ keyId }) => keyId !== null)
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} component="section" aria-label="State">
      <Stack gap="md">
        <Text>{sentence}</Text>
        <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
          <Fact name="State">
            <StateBadge {...rule} />
          </Fact>
          <Fact name="Severity">
            <SeverityText severity={rule.severity} />
          </Fact>
          <Fact name="Scope">{scopeText}</Fact>
          <Fact name="Looked at">
            {enabled ? (
              <TimeText at={evaluatedAt} never="not yet: within a minute" inherit />
            ) : (
              'not while it is off'
            )}
          </Fact>
        </SimpleGrid>
        {enabled && byKey.length > 0 && (
          <div>
            <Title order={2} size="h6" mb={6}>
              Keys that are not OK
            </Title>
            <ul className={classes.keys}>
              {byKey.slice(0, SHOWN).map(({ keyId, state, since }) => (
                <li key={keyId} className={classes.key}>
                  <Text span size="sm" fw={550} className={classes.name}>
                    {nameOf(keyId ?? '')}
                  </Text>
                  <Group gap="sm">
                    <StateBadge state={state} />
                    <Text span size="sm" c="dimmed">
                      since <TimeText at={since} inherit />
                    </Text>
                  </Group>
                </li>
              ))}
            </ul>
            {byKey.length > SHOWN && (
              <Text size="sm" c="dimmed">
                and {byKey.length - SHOWN} more
              </Text>
            )}
          </div>
        )}
      </Stack>
    </Paper>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {name}
      </Text>
      <Text component="div" size="sm">
        {children}
      </Text>
    </div>
  )
}
