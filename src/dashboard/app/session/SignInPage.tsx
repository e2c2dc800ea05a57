import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { bodyOf, client } from '../../api/client.ts'
import { fieldMessages, messageOf, ProblemError } from '../../api/ProblemError.ts'
import { sessionQuery } from '../../api/queries/session.ts'
import type { AccountChoice } from '../../api/types.ts'
import { companyName } from '../../ui/configured.ts'
import { SignInCard } from '../../ui/SignInCard.tsx'
import { AskForReset } from './AskForReset.tsx'
import { ChooseAccount } from './ChooseAccount.tsx'

type Credentials = { email: string; password: string; accountId?: string }

/**
 * Asks for email and password, and for the account where they open several. What a wrong pair answers does not tell
 * which is wrong.
 */
export function SignInPage() {
  const queries = useQueryClient()
  const [choices, setChoices] = useState<readonly AccountChoice[]>()
  const [hasForgotten, setForgotten] = useState(false)
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (email) => (email === '' ? 'Enter your email address.' : null),
      password: (password) => (password === '' ? 'Enter your password.' : null),
    },
  })
  const signIn = useMutation({
    mutationFn: (body: Credentials) => bodyOf(client.POST('/session', { body })),
    onSuccess: (answer) => {
      if ('member' in answer) queries.setQueryData(sessionQuery.queryKey, answer)
      else setChoices(answer.accounts)
    },
    onError: (error) => {
      setChoices(undefined)
      form.setErrors(fieldMessages(error))
    },
  })
  if (hasForgotten) return <AskForReset email={form.getValues().email} onBack={() => setForgotten(false)} />
  if (choices)
    return (
      <SignInCard title="Choose an account">
        <ChooseAccount
          accounts={choices}
          isPending={signIn.isPending}
          onChoose={(accountId) => signIn.mutate({ ...form.getValues(), accountId })}
        />
      </SignInCard>
    )
  const isOfFields = signIn.error instanceof ProblemError && signIn.error.errors.length > 0
  return (
    <SignInCard title="Sign in">
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
        <Stack>
          {signIn.error && !isOfFields && (
            <Alert color="red" variant="light" role="alert">
              {messageOf(signIn.error)}
            </Alert>
          )}
          <TextInput
            label="Email"
            type="email"
            autoComplete="username"
            autoFocus
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            Sign in
          </Button>
          <Anchor
            component="button"
            type="button"
            size="sm"
            underline="always"
            onClick={() => setForgotten(true)}
          >
            Forgot the password?
          </Anchor>
          {companyName && (
            <Text size="sm">
              You have no password? Go to {companyName} and open the dashboard from there.
            </Text>
          )}
        </Stack>
      </form>
    </SignInCard>
  )
}
