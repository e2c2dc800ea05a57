import { Alert, Button, Loader, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { bodyOf, client } from '../../api/client.ts'
import { fieldMessages, messageOf, ProblemError } from '../../api/ProblemError.ts'
import { invitationQuery } from '../../api/queries/members.ts'
import { sessionQuery } from '../../api/queries/session.ts'
import type { Invitation } from '../../api/types.ts'
import { forgetAccount, useSession } from '../../api/useSession.ts'
import { checkPassword, passwordHint } from '../../ui/passwordRule.ts'
import { roleLabel } from '../../ui/roles.ts'
import { SignInCard } from '../../ui/SignInCard.tsx'
import { useLinkToken } from './useLinkToken.ts'

/**
 * What the link of an invitation leads to: joining its account, with a new password or the one that the address has.
 */
export function InvitationPage() {
  const token = useLinkToken()
  const invitation = useQuery(invitationQuery(token))
  // Whether a password is needed depends on who is signed in: no form before both are known.
  const session = useSession()
  const isKnown = invitation.data !== undefined && !session.isPending
  return (
    <SignInCard title="Invitation">
      {invitation.error && (
        <Alert color="red" variant="light" role="alert">
          {messageOf(invitation.error)}
        </Alert>
      )}
      {!invitation.error && !isKnown && <Loader aria-label="Loading" />}
      {isKnown && <Accept token={token} invitation={invitation.data} />}
    </SignInCard>
  )
}

function Accept({ token, invitation }: { token: string; invitation: Invitation }) {
  const { email, account, role, hasPassword } = invitation
  const queries = useQueryClient()
  const navigate = useNavigate()
  const session = useSession()
  const isSignedIn = hasPassword && session.data?.member?.email.toLowerCase() === email.toLowerCase()
  const form = useForm({
    initialValues: { password: '' },
    validate: {
      password: (password) => {
        if (isSignedIn) return null
        if (hasPassword) return password === '' ? 'Enter your password.' : null
        return checkPassword(password)
      },
    },
  })
  const accept = useMutation({
    mutationFn: ({ password }: { password: string }) =>
      bodyOf(client.POST('/invitations/accept', { body: password === '' ? { token } : { token, password } })),
    onSuccess: (answer) => {
      forgetAccount(queries)
      queries.setQueryData(sessionQuery.queryKey, answer)
      void navigate('/keys', { replace: true })
    },
    onError: (error) => form.setErrors(fieldMessages(error)),
  })
  const isOfFields = accept.error instanceof ProblemError && accept.error.errors.length > 0
  const needsPassword = !isSignedIn || isOfFields
  return (
    <form onSubmit={form.onSubmit((values) => accept.mutate(values))} noValidate>
      <Stack>
        <Text size="sm">
          {email} is invited to the account <b>{account.name}</b>, as {roleLabel(role).toLowerCase()}.
        </Text>
        {accept.error && !isOfFields && (
          <Alert color="red" variant="light" role="alert">
            {messageOf(accept.error)}
          </Alert>
        )}
        {needsPassword && (
          <>
            <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
            <PasswordInput
              label={hasPassword ? 'Your password' : 'Choose a password'}
              description={
                hasPassword ? 'The password that you have already set for this address.' : passwordHint
              }
              autoComplete={hasPassword ? 'current-password' : 'new-password'}
              {...form.getInputProps('password')}
            />
          </>
        )}
        <Button type="submit" loading={accept.isPending} fullWidth>
          Join the account
        </Button>
      </Stack>
    </form>
  )
}
