import { Button, Group, Paper, Stack } from '@mantine/core'
import { useRef } from 'react'
import { Link } from 'react-router'
import { resultOf } from '../../../api/runCommand.ts'
import type { Answer } from '../../../api/useCommand.ts'
import { useCommand } from '../../../api/useCommand.ts'
import type { Once } from '../../../api/useOnce.ts'
import { CommandNotice } from '../../../ui/CommandNotice.tsx'
import { RulePreview } from '../preview/RulePreview.tsx'
import type { RuleValues } from '../ruleValues.ts'
import { ConditionFields } from './ConditionFields.tsx'
import { NotifyFields } from './NotifyFields.tsx'
import classes from './RuleEditor.module.css'
import { ruleErrors, useRuleForm } from './ruleForm.ts'

type Props<Body> = {
  initial: RuleValues
  /** A saved rule keeps its metric. */
  isSaved: boolean
  label: string
  /** Where Cancel leads. */
  back: string
  send: (values: RuleValues, once: Once) => Answer<Body>
  onDone: (id: string | undefined) => void
}

/** The form of a rule; beside it, what the rule says in words and what it would have done. */
export function RuleEditor<Body>(props: Props<Body>) {
  const { initial, isSaved, label, back, send, onDone } = props
  const form = useRuleForm(initial)
  const element = useRef<HTMLFormElement>(null)
  const save = useCommand(send, {
    changes: ['alerts', 'alert'],
    onDone: (outcome) => {
      const { id } = resultOf(outcome) as { id?: string }
      onDone(id)
    },
    onError: (error) => {
      form.setErrors(ruleErrors(error))
      showFirstError()
    },
  })
  const showFirstError = () =>
    setTimeout(() => element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
  return (
    <div className={classes.columns}>
      <Paper
        withBorder
        p={{ base: 'md', sm: 'xl' }}
        component="form"
        noValidate
        ref={element as never}
        onSubmit={form.onSubmit((values) => save.run(values), showFirstError) as never}
      >
        <Stack gap="xl">
          <ConditionFields form={form} isSaved={isSaved} />
          <NotifyFields form={form} />
          <CommandNotice error={save.error} operationId={save.operationId} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" component={Link} to={back}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Paper>
      <RulePreview values={form.values} />
    </div>
  )
}
