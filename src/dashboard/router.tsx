import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { Shell } from './layout/Shell.tsx'
import { NotFoundPage } from './pages/NotFoundPage.tsx'
import { PageError } from './pages/PageError.tsx'

/** Pages are loaded when they are gone to: the first one does not wait for charts that it does not have. */
const pages: RouteObject[] = [
  { index: true, element: <Navigate to="/keys" replace /> },
  { path: 'keys', lazy: async () => ({ Component: (await import('./pages/keys/KeysPage.tsx')).KeysPage }) },
  { path: 'keys/:id', lazy: async () => ({ Component: (await import('./pages/key/KeyPage.tsx')).KeyPage }) },
  {
    path: 'usage',
    lazy: async () => ({ Component: (await import('./pages/usage/UsagePage.tsx')).UsagePage }),
  },
  {
    path: 'alerts',
    lazy: async () => ({ Component: (await import('./pages/alerts/AlertsPage.tsx')).AlertsPage }),
  },
  {
    path: 'alerts/new',
    lazy: async () => ({ Component: (await import('./pages/alerts/NewAlertPage.tsx')).NewAlertPage }),
  },
  {
    path: 'alerts/:id/edit',
    lazy: async () => ({ Component: (await import('./pages/alert/EditAlertPage.tsx')).EditAlertPage }),
  },
  {
    path: 'alerts/:id',
    lazy: async () => ({ Component: (await import('./pages/alert/AlertPage.tsx')).AlertPage }),
  },
  {
    path: 'channels',
    lazy: async () => ({ Component: (await import('./pages/channels/ChannelsPage.tsx')).ChannelsPage }),
  },
  {
    path: 'notifications',
    lazy: async () => ({
      Component: (await import('./pages/notifications/NotificationsPage.tsx')).NotificationsPage,
    }),
  },
  {
    path: 'members',
    lazy: async () => ({ Component: (await import('./pages/members/MembersPage.tsx')).MembersPage }),
  },
  {
    path: 'audit-log',
    lazy: async () => ({ Component: (await import('./pages/audit/AuditPage.tsx')).AuditPage }),
  },
  { path: '*', element: <NotFoundPage /> },
]

/** Where the links of emails lead, whoever is signed in. */
const linkPages: RouteObject[] = [
  {
    path: '/invitations',
    errorElement: <PageError />,
    lazy: async () => ({
      Component: (await import('./pages/links/InvitationPage.tsx')).InvitationPage,
    }),
  },
  {
    path: '/password-reset',
    errorElement: <PageError />,
    lazy: async () => ({
      Component: (await import('./pages/links/PasswordResetPage.tsx')).PasswordResetPage,
    }),
  },
]

export const router = createBrowserRouter(
  [...linkPages, { path: '/', element: <Shell />, errorElement: <PageError />, children: pages }],
  { basename: '/dashboard' },
)
