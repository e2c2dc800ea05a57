import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { NotFoundPage } from '../ui/NotFoundPage.tsx'
import { Shell } from './layout/Shell.tsx'
import { PageError } from './PageError.tsx'

/** Pages are loaded when they are gone to: the first one does not wait for charts that it does not have. */
const pages: RouteObject[] = [
  { index: true, element: <Navigate to="/keys" replace /> },
  {
    path: 'keys',
    lazy: async () => ({ Component: (await import('../features/keys/list/KeysPage.tsx')).KeysPage }),
  },
  {
    path: 'keys/:id',
    lazy: async () => ({ Component: (await import('../features/keys/detail/KeyPage.tsx')).KeyPage }),
  },
  {
    path: 'usage',
    lazy: async () => ({ Component: (await import('../features/usage/UsagePage.tsx')).UsagePage }),
  },
  {
    path: 'alerts',
    lazy: async () => ({ Component: (await import('../features/alerts/list/AlertsPage.tsx')).AlertsPage }),
  },
  {
    path: 'alerts/new',
    lazy: async () => ({
      Component: (await import('../features/alerts/editor/NewAlertPage.tsx')).NewAlertPage,
    }),
  },
  {
    path: 'alerts/:id/edit',
    lazy: async () => ({
      Component: (await import('../features/alerts/editor/EditAlertPage.tsx')).EditAlertPage,
    }),
  },
  {
    path: 'alerts/:id',
    lazy: async () => ({ Component: (await import('../features/alerts/detail/AlertPage.tsx')).AlertPage }),
  },
  {
    path: 'channels',
    lazy: async () => ({ Component: (await import('../features/channels/ChannelsPage.tsx')).ChannelsPage }),
  },
  {
    path: 'notifications',
    lazy: async () => ({
      Component: (await import('../features/notifications/NotificationsPage.tsx')).NotificationsPage,
    }),
  },
  {
    path: 'members',
    lazy: async () => ({ Component: (await import('../features/members/MembersPage.tsx')).MembersPage }),
  },
  {
    path: 'audit-log',
    lazy: async () => ({ Component: (await import('../features/audit/AuditPage.tsx')).AuditPage }),
  },
  { path: '*', element: <NotFoundPage /> },
]

/** Where the links of emails and of the company's app lead, whoever is signed in. */
const linkPages: RouteObject[] = [
  {
    path: '/invitations',
    errorElement: <PageError />,
    lazy: async () => ({
      Component: (await import('../features/links/InvitationPage.tsx')).InvitationPage,
    }),
  },
  {
    path: '/session-link',
    errorElement: <PageError />,
    lazy: async () => ({
      Component: (await import('../features/links/SessionLinkPage.tsx')).SessionLinkPage,
    }),
  },
  {
    path: '/password-reset',
    errorElement: <PageError />,
    lazy: async () => ({
      Component: (await import('../features/links/PasswordResetPage.tsx')).PasswordResetPage,
    }),
  },
]

export const router = createBrowserRouter(
  [...linkPages, { path: '/', element: <Shell />, errorElement: <PageError />, children: pages }],
  { basename: '/dashboard' },
)
