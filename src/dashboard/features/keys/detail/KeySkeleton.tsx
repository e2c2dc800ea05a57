import { SimpleGrid, Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import classes from './KeyPage.module.css'

/** The shape of the page while it is read. */
export function KeySkeleton({ isAdmin }: { isAdmin: boolean }) {
  return (
    <Stack aria-busy>
      <VisuallyHidden role="status">Loading</VisuallyHidden>
      <Skeleton h={20} w={90} />
      <Skeleton h={68} w={360} maw="100%" />
      {isAdmin && <Skeleton h={128} />}
      <Skeleton h={50} mt="xs" />
      <div className={classes.tiles}>
        <Skeleton h={104} />
        <Skeleton h={104} />
        <Skeleton h={104} />
      </div>
      <Skeleton h={420} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Skeleton h={420} />
        <Skeleton h={420} />
      </SimpleGrid>
    </Stack>
  )
}
