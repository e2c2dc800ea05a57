/** The parts of the API. */
export const TAGS = {
  Account: 'Plan, limits, audit log, export, and the status of commands.',
  Alerts: 'Rules that open an incident when a measure crosses a threshold.',
  'API keys': 'Create, list, edit, rotate, revoke, delete and import keys.',
  Channels: 'Where notifications go: email, Slack, webhooks.',
  Operators:
    'For the company’s own systems: create and change accounts and plans, and manage operator tokens.',
  Members: 'People who may sign in to the account.',
  Notifications: 'Messages that were sent, with every attempt to deliver them.',
  Session: 'Sign in and out of the dashboard.',
  Usage: 'Report what happened to requests, and read usage over time.',
  Verification: 'Decide whether a key may make a request. For resource servers and proxies.',
}
