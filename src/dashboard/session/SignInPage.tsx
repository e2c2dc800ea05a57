import { Alert, Button, Paper, PasswordInput, Stack, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { bodyOf, client } from '../api/client.ts'
import { fieldMessages, messageOf, ProblemError } from '../api/ProblemError.ts'
import classes from './SignInPage.module.css'

/** Asks for email and password. What a wrong pair answers does not tell which of them is wrong. */
export function SignInPage() {
  const queries = useQueryClient()
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (email) => (email === '' ? 'Enter your email address.' : null),
      password: (password) => (password === '' ? 'Enter your password.' : null),
    },
  })
  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) => bodyOf(client.POST('/session', { body })),
    onSuccess: (session) => queries.setQueryData(['session'], session),
    onError: (error) => form.setErrors(fieldMessages(error)),
  })
  const isOfFields = signIn.error instanceof ProblemError && signIn.error.errors.length > 0
  return (
    <main className={classes.page}>
      <Paper withBorder p="xl" className={classes.card}>
        <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
          <Stack>
            <Title order={1} size="h2">
              Sign in
            </Title>
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
          </Stack>
        </form>
      </Paper>
    </main>
  )
}
