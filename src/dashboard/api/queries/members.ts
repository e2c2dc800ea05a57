import { queryOptions } from '@tanstack/react-query'
import { bodyOf, client } from '../client.ts'
import type { Topic } from './topics.ts'

/** What a change of a member makes stale. The session says who is signed in, and as what. */
export const memberTopics: Topic[] = ['members', 'session', 'audit-log']

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: () => bodyOf(client.GET('/members')),
})

/** The invitation of an emailed link. Its token is kept no longer than its page is shown. */
export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    retry: false,
    gcTime: 0,
    queryFn: () => bodyOf(client.POST('/invitations/read', { body: { token } })),
  })
