import { Paper, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './SignInCard.module.css'

/** A page of its own for whoever is not signed in. */
export function SignInCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <Paper withBorder p="xl" className={classes.card}>
        <Stack>
          <Title order={1} size="h2">
            {title}
          </Title>
          {children}
        </Stack>
      </Paper>
    </main>
  )
}
