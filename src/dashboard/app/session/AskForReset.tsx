import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { bodyOf, client } from '../../api/client.ts'
import { fieldMessages, messageOf } from '../../api/ProblemError.ts'
import { SignInCard } from '../../ui/SignInCard.tsx'

/** Asks for a link to set another password. What it says afterwards does not tell whether anybody has the address. */
export function AskForReset({ email, onBack }: { email: string; onBack: () => void }) {
  const form = useForm({
    initialValues: { email },
    validate: { email: (given) => (given === '' ? 'Enter your email address.' : null) },
  })
  const ask = useMutation({
    mutationFn: (body: { email: string }) => bodyOf(client.POST('/password-resets', { body })),
    onError: (error) => form.setErrors(fieldMessages(error)),
  })
  return (
    <SignInCard title="Set a new password">
      {ask.data ? (
        <Text size="sm" role="status">
          {ask.data.emailed
            ? `If ${form.getValues().email} can sign in here, a link is on its way to it. It is valid for an hour.`
            : 'This service sends no email. Ask an admin of your account for a new password.'}
        </Text>
      ) : (
        <form onSubmit={form.onSubmit((values) => ask.mutate(values))} noValidate>
          <Stack>
            {ask.error && (
              <Alert color="red" variant="light" role="alert">
                {messageOf(ask.error)}
              </Alert>
            )}
            <TextInput
              label="Email"
              type="email"
              autoComplete="username"
              autoFocus
              {...form.getInputProps('email')}
            />
            <Button type="submit" loading={ask.isPending} fullWidth>
              Send a link
            </Button>
          </Stack>
        </form>
      )}
      <Button variant="subtle" onClick={onBack}>
        Back to sign in
      </Button>
    </SignInCard>
  )
}
