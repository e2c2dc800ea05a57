import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { AccountSeries } from '../../api/queries/usage.ts'

/** A plain link: the browser streams it to disk, whatever its size. It holds the buckets that are shown. */
export function DownloadCsv({ series: { from, to, interval } }: { series: AccountSeries }) {
  const query = new URLSearchParams({ from, to, interval, groupBy: 'key', format: 'csv' })
  return (
    <Button
      component="a"
      href={`/usage?${query}`}
      download
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      Download CSV
    </Button>
  )
}
