import { Alert, Button, Loader, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Link, useNavigate } from 'react-router'
import { bodyOf, client } from '../../api/client.ts'
import { messageOf, ProblemError } from '../../api/ProblemError.ts'
import { sessionQuery } from '../../api/queries/session.ts'
import { forgetAccount, useSession } from '../../api/useSession.ts'
import { backTo, companyName } from '../../ui/configured.ts'
import { SignInCard } from '../../ui/SignInCard.tsx'
import { useLinkToken } from './useLinkToken.ts'

/**
 * What a session link leads to: it signs in by itself, once the page is seen. The address has the token behind its
 * `#`, so whoever only fetches it uses nothing up.
 */
export function SessionLinkPage() {
  const token = useLinkToken()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const asked = useRef('')
  const { mutate, error } = useMutation({
    mutationFn: (replace: boolean) =>
      bodyOf(client.POST('/session-links/open', { body: { token, replace } })),
    onSuccess: (session) => {
      forgetAccount(queries)
      queries.setQueryData(sessionQuery.queryKey, session)
      void navigate('/keys', { replace: true })
    },
  })
  useEffect(() => {
    if (token === '' || asked.current === token) return
    asked.current = token
    whenSeen(() => mutate(false))
  }, [token, mutate])

  const problem = error instanceof ProblemError ? error : undefined
  if (token === '' || problem?.slug === 'session-link-not-found')
    return <DeadLink returnUrl={problem?.returnUrl} />
  if (problem?.slug === 'already-signed-in')
    return (
      <SignInCard title="Somebody else is signed in">
        <Text size="sm">{problem.message}</Text>
        <Text size="sm">Open it only if you asked for it.</Text>
        <Button onClick={() => mutate(true)}>Sign them out and open the link</Button>
        <Button component={Link} to="/keys" variant="default">
          Stay signed in
        </Button>
      </SignInCard>
    )
  if (error)
    return (
      <SignInCard title="The link could not be opened">
        <Alert color="red" variant="light" role="alert">
          {messageOf(error)}
        </Alert>
        <Button onClick={() => mutate(false)}>Try again</Button>
      </SignInCard>
    )
  return (
    <SignInCard title="Opening the dashboard">
      <Loader aria-label="Loading" />
    </SignInCard>
  )
}

/** For whoever opens a link again, late, in another browser, or only a part of one. */
function DeadLink({ returnUrl }: { returnUrl: string | undefined }) {
  const session = useSession()
  return (
    <SignInCard title="This link cannot be opened">
      <Stack role="alert" gap="xs">
        <Text size="sm">
          It has been used, or it has expired. Each link opens the dashboard once, in one browser, soon after
          it was made.
        </Text>
        <Text size="sm">
          Go back to {companyName || 'the app that sent you here'} and open the dashboard from there again.
        </Text>
      </Stack>
      {returnUrl !== undefined && (
        <Button component="a" href={returnUrl}>
          {backTo(returnUrl)}
        </Button>
      )}
      {session.data && (
        <Button component={Link} to="/keys" variant="default">
          Continue as {(session.data.member ?? session.data.guest)?.email ?? 'a guest'}
        </Button>
      )}
    </SignInCard>
  )
}

/** A browser may load a page ahead, and run its scripts, before anybody goes to it. */
function whenSeen(act: () => void): void {
  const { prerendering } = document as { prerendering?: boolean }
  if (prerendering) document.addEventListener('prerenderingchange', act, { once: true })
  else act()
}
