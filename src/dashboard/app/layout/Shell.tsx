import { AppShell, Burger, Center, Group, Loader } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { Outlet, useLocation } from 'react-router'
import { useSession } from '../../api/useSession.ts'
import { companyColor } from '../../ui/configured.ts'
import { LoadError } from '../../ui/LoadError.tsx'
import { AccountMenu } from './AccountMenu.tsx'
import { Brand } from './Brand.tsx'
import { Navigation } from './Navigation.tsx'
import classes from './Shell.module.css'
import { SuspensionNotice } from './SuspensionNotice.tsx'

/** Whoever is signed in does not wait for its code. */
const SignInPage = lazy(async () => ({ default: (await import('../session/SignInPage.tsx')).SignInPage }))

/** What surrounds every page; it asks to sign in first. */
export function Shell() {
  const session = useSession()
  const [isOpen, menu] = useDisclosure()
  const main = useRef<HTMLDivElement>(null)
  const { pathname } = useLocation()
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    menu.close()
    // A screen reader and the Tab key go on from the new page, not from the link that led to it.
    main.current?.focus()
  }, [pathname, menu.close])

  if (session.error) return <LoadError error={session.error} onRetry={() => session.refetch()} />
  if (session.data === undefined) return <Waiting />
  if (session.data === null)
    return (
      <Suspense fallback={<Waiting />}>
        <SignInPage />
      </Suspense>
    )
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a href="#main" className={classes.skip}>
        Skip to the content
      </a>
      <AppShell.Header className={classes.header} style={{ borderTopColor: companyColor || undefined }}>
        <Group gap="sm" wrap="nowrap" className={classes.brand}>
          <Burger
            hiddenFrom="sm"
            size="sm"
            opened={isOpen}
            onClick={menu.toggle}
            aria-label={isOpen ? 'Close the menu' : 'Open the menu'}
          />
          <Brand />
        </Group>
        <AccountMenu session={session.data} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} data-folded={!isOpen || undefined}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <div className={classes.page}>
          {session.data.suspension && <SuspensionNotice {...session.data.suspension} />}
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  )
}

function Waiting() {
  return (
    <Center h="100dvh">
      <Loader aria-label="Loading" />
    </Center>
  )
}
