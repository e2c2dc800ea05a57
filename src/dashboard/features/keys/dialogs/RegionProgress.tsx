import { List, Loader, ThemeIcon } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { keyQuery } from '../../../api/queries/keys.ts'

const ASK_AGAIN_MS = 400

/** Which regions know of a revocation, while it is under way. */
export function RegionProgress({ id }: { id: string }) {
  const { data } = useQuery({ ...keyQuery(id), refetchInterval: ASK_AGAIN_MS })
  // Until the key is revoked, the regions speak of the version before.
  const isRevoked = data?.status === 'revoked'
  return (
    <List size="sm" aria-label="Regions" aria-live="polite" center>
      {data?.regions.map(({ region, arrivedAt }) => {
        const isThere = isRevoked && arrivedAt !== null
        return (
          <List.Item
            key={region}
            icon={
              isThere ? (
                <ThemeIcon size={18} radius="xl" color="green.8" aria-hidden>
                  <IconCheck size={12} />
                </ThemeIcon>
              ) : (
                <Loader size={18} aria-hidden />
              )
            }
          >
            {region}: {isThere ? 'confirmed' : 'on its way'}
          </List.Item>
        )
      })}
    </List>
  )
}
