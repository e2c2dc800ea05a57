import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ApiKey } from '../../../api/types.ts'
import { TimeText } from '../../../ui/TimeText.tsx'
import classes from './KeyPage.module.css'

const accesses = { admin: 'Admin', full: 'Full', read_only: 'Read only' } as const

/** What a key is and may do. */
export function KeyFacts({ apiKey }: { apiKey: ApiKey }) {
  return (
    <Paper withBorder p="md">
      <dl className={classes.facts}>
        <Fact name="Value ends in">
          <span className="mono">…{apiKey.hint}</span>
        </Fact>
        <Fact name="Created">
          <TimeText at={apiKey.createdAt} />
        </Fact>
        <Fact name="Last used">
          <TimeText at={apiKey.lastUsedAt} />
        </Fact>
        {apiKey.revokedAt ? (
          <Fact name="Revoked">
            <TimeText at={apiKey.revokedAt} />
            {apiKey.revokedReason && `: ${apiKey.revokedReason}`}
          </Fact>
        ) : (
          <Fact name={apiKey.status === 'expired' ? 'Expired' : 'Expires'}>
            <TimeText at={apiKey.expiresAt} />
          </Fact>
        )}
        <Fact name="Access">{accesses[apiKey.access]}</Fact>
        <Fact name="Permissions">
          <span className="mono">{apiKey.permissions.join(', ') || 'none'}</span>
        </Fact>
        <Fact name="Allowed IPs">
          {apiKey.allowedIps.length === 0 ? (
            'any'
          ) : (
            <span className="mono">{apiKey.allowedIps.join(', ')}</span>
          )}
        </Fact>
        <Metadata metadata={apiKey.metadata} />
      </dl>
    </Paper>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Metadata({ metadata }: Pick<ApiKey, 'metadata'>) {
  const entries = Object.entries(metadata)
  return (
    <Fact name="Metadata">
      {entries.length === 0
        ? 'none'
        : entries.map(([name, value]) => (
            <Text key={name} size="sm" className="mono">
              {name}: {typeof value === 'string' ? value : JSON.stringify(value)}
            </Text>
          ))}
    </Fact>
  )
}
