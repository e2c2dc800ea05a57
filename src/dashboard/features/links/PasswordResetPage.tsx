import { Alert, Button, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { client } from '../../api/client.ts'
import { fieldMessages, messageOf, ProblemError } from '../../api/ProblemError.ts'
import { sessionQuery } from '../../api/queries/session.ts'
import { checkPassword, passwordHint } from '../../ui/passwordRule.ts'
import { SignInCard } from '../../ui/SignInCard.tsx'
import { useLinkToken } from './useLinkToken.ts'

/** What the link to set another password leads to. Afterwards one signs in with it. */
export function PasswordResetPage() {
  const token = useLinkToken()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({ initialValues: { password: '' }, validate: { password: checkPassword } })
  const reset = useMutation({
    mutationFn: ({ password }: { password: string }) =>
      client.POST('/password-resets/complete', { body: { token, password } }),
    onSuccess: () => queries.setQueryData(sessionQuery.queryKey, null),
    onError: (error) => form.setErrors(fieldMessages(error)),
  })
  const isOfFields = reset.error instanceof ProblemError && reset.error.errors.length > 0
  if (reset.isSuccess)
    return (
      <SignInCard title="Your password is set">
        <Button onClick={() => navigate('/', { replace: true })}>Sign in</Button>
      </SignInCard>
    )
  return (
    <SignInCard title="Set a new password">
      <form onSubmit={form.onSubmit((values) => reset.mutate(values))} noValidate>
        <Stack>
          <Text size="sm">You are signed out everywhere.</Text>
          {reset.error && !isOfFields && (
            <Alert color="red" variant="light" role="alert">
              {messageOf(reset.error)}
            </Alert>
          )}
          <PasswordInput
            label="New password"
            description={passwordHint}
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={reset.isPending} fullWidth>
            Set the password
          </Button>
        </Stack>
      </form>
    </SignInCard>
  )
}
