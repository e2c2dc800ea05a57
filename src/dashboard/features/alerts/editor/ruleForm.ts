import { useForm } from '@mantine/form'
import { fieldMessages } from '../../../api/ProblemError.ts'
import { checkValues, type RuleValues } from '../ruleValues.ts'

/** The form of a rule, new or saved. */
export const useRuleForm = (initialValues: RuleValues) =>
  useForm<RuleValues>({ initialValues, validate: checkValues })

export type RuleForm = ReturnType<typeof useRuleForm>

/** What the api says of fields, beside those of the form; the scope's is about its keys. */
export function ruleErrors(error: unknown): Record<string, string> {
  const { scope, ...messages } = fieldMessages(error)
  return { ...messages, ...(scope === undefined ? {} : { keyIds: scope }) }
}
