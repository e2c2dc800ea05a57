import { join } from 'node:path'
import { root } from '../dataDir.ts'
import { commandTable } from './commandLine.ts'
import { auditTable, eventTable, notificationTable } from './events.ts'
import { jobTable } from './jobs.ts'
import { matrixTable } from './matrix.ts'
import { metricTable } from './metrics.ts'
import { permissionTable } from './permissions.ts'
import { problemTable } from './problems.ts'
import { routeTables } from './routes.ts'

export const REFERENCE = join(root, 'docs/reference.md')

/** The page that lists everything callers and operators can name. */
export const referencePage = (): string => `# Reference

This page is made of the code by \`npm run docs\`. Settings are in [Configuration](configuration.md), words in
[Concepts](concepts.md), time-outs and limits in [Operating](operating.md#time-outs).

## Routes

Parameters, bodies and responses are in the API reference at \`/docs\` and in \`/openapi.json\`. "Who may" is the permission that a
key needs, or the role of a member who is signed in. Each route lists its statuses and its own problems. Besides these, each
may return \`validation-error\`, \`internal-error\` and \`service-unavailable\`; those that need credentials refuse with 401, 403 or 429.

${routeTables()}

## Permissions

The name of a permission is \`resource:action\`. A company can define its own, such as \`templates:write\`, give them to keys, and ask
for them at verification.

${permissionTable()}

## Permission matrix

Which credential each route takes: keys by their access, members by their role, tokens by their permission. An operator token with
\`act\` names the account by \`X-Account-Id\`. “Any for its own”: without that header, an operator token with any permission reads the
operations that it asked for. \`test/api/permissionMatrix.test.ts\` asks every route with each of them.

${matrixTable()}

## Problems

Errors are \`application/problem+json\` (RFC 9457). \`type\` is \`PROBLEM_BASE_URL\` followed by the name of the problem.

${problemTable()}

## Notifications

The \`type\` of a notification. Webhooks receive it with the fields of [Alerts](alerts.md). A notification that
pushes a lifecycle event has an \`eventId\`, and the type of the event.

${notificationTable()}

## Lifecycle events

The \`type\` of a lifecycle event. \`data\` has the resource as it was then, and the \`actor\`. No event carries a secret, or the name or
address of a person. [Integrate](integrate.md#consume-events) shows how to read them.

${eventTable()}

## Audit actions

The \`action\` of an entry of the audit log.

${auditTable()}

## Jobs

Workers run them. The delay between two runs doubles from the first number to the second. Any job may run twice or late with the
same result.

${jobTable()}

## Metrics

\`/metrics\` of each api and worker also has the metrics of Node: \`process_…\` and \`nodejs_…\`. [What to
watch](operating.md#what-to-watch) says which numbers are good.

${metricTable()}

## Command line

\`bin/keys\`, or \`node_modules/.bin/node src/cli/main.ts\` in production. With \`--json\`, a command prints one line of JSON.
Two print several: \`events tail\` one for each event, and \`account export\`, also without \`--json\`, one for each record.

${commandTable()}
`
