import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { PageTitle } from '../../ui/PageTitle.tsx'
import classes from './UsagePage.module.css'

/** The shape of the page while it is read. */
export function UsageSkeleton() {
  return (
    <Stack aria-busy>
      <PageTitle title="Usage" description="What the account’s API keys are used for." />
      <VisuallyHidden role="status">Loading</VisuallyHidden>
      <Skeleton h={134} />
      <Skeleton h={50} mt="xs" />
      <div className={classes.tiles}>
        <Skeleton h={86} />
        <Skeleton h={86} />
        <Skeleton h={86} />
        <Skeleton h={86} />
      </div>
      <Skeleton h={420} />
      <Skeleton h={300} />
    </Stack>
  )
}
