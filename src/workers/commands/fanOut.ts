import type { Command } from '../../domain/commands/Command.ts'
import { type CommandKind, commands } from '../../domain/commands/catalogue.ts'
import type { OutboxMessage } from '../../domain/jobs.ts'

/**
 * The flow that ends an applied command: its parent waits for one child per region. None where no region is
 * concerned.
 */
export function fanOut(
  command: Pick<Command, 'id' | 'kind' | 'propagate'>,
  regions: string[],
): OutboxMessage | undefined {
  const { keyIds, accountIds, serviceTokenIds = [] } = command.propagate ?? { keyIds: [], accountIds: [] }
  if (keyIds.length + accountIds.length + serviceTokenIds.length === 0) return undefined
  const { queue } = commands[command.kind as CommandKind]
  // Of the jobs for a region, those that end something go first.
  const priority = queue === 'revocations' ? 0 : 1
  return {
    kind: 'flow',
    parent: { name: 'finish-command', data: { commandId: command.id }, id: `${command.id}-finish`, queue },
    children: regions.map((region) => ({
      name: 'propagate-state' as const,
      data: { commandId: command.id, region, keyIds, accountIds, serviceTokenIds },
      id: `${command.id}-${region}`,
      priority,
    })),
  }
}
