import { join } from 'node:path'
import { AREAS, type Area } from '../../doctor/Check.ts'
import { CHECKS } from '../../doctor/checks/all.ts'
import { type Diagnosis, docsOf } from '../../doctor/diagnose.ts'
import { renderDiagnosis } from '../../doctor/renderDiagnosis.ts'
import { root } from '../dataDir.ts'
import { code, table } from './table.ts'

export const DOCTOR = join(root, 'docs/doctor.md')

/** A row of its own for each check, which findings link to. */
const tableOf = (area: Area) =>
  table(
    ['check', 'severity', 'what it finds', 'what to do'],
    CHECKS.filter((check) => check.area === area).map(({ id, severity, why, fix }) => [
      `<a id="${id}"></a>${code(id)}`,
      severity,
      why,
      fix,
    ]),
  )

/** What the command prints where one thing is wrong. */
function example(): string {
  const idsOf = (area: Area) => CHECKS.filter((check) => check.area === area).map(({ id }) => id)
  const perArea = (read: (area: Area) => string[]) =>
    Object.fromEntries(AREAS.map((area) => [area, read(area)])) as Diagnosis['made']
  const check = CHECKS.find(({ id }) => id === 'postgres-synchronous-commit')
  if (!check) throw new Error('The example needs this check.')
  const finding = { ...check, found: 'synchronous_commit is off', expected: 'on', docs: docsOf(check.id) }
  const diagnosis = { findings: [finding], made: perArea(idsOf), missing: perArea(() => []) }
  return renderDiagnosis(diagnosis, { colour: false }).trimEnd()
}

/** The page that lists every check. */
export const doctorPage = (): string => `# Doctor

\`bin/keys doctor\` says whether a set-up is right, and what is wrong. Run it before the first start, after a change, and when something is
odd. It asks Postgres, every Redis, the public URL and the SMTP server at once, each for 5 s at most. None of them needs to work, and it
changes nothing. The tables below are made of the code by \`npm run docs\`.

\`\`\`sh
bin/keys doctor --apis 2 --workers 2
\`\`\`

\`\`\`text
${example()}
\`\`\`

- **Run it in the environment of the processes**: with all their settings, on a machine that reaches what they reach. \`bin/keys\`
  passes on the settings of a running \`bin/dev\`.
- **The status** is 1 where there is an error, and 0 where there are only warnings. \`--json\` prints one line:
  \`{ready, errors, warnings, findings, made, missing}\`. \`missing\` names those that were not made: nothing answered, or nothing is set.
- **\`--apis\` and \`--workers\`** are the processes that you run in all. They decide whether Postgres has enough connections.
- **\`--skip CHECK\`** leaves out a check whose finding you have accepted.
- **Secrets** appear nowhere: findings name a setting, and never its value.
- **At its start** each api and worker makes the checks that need only settings, Postgres and Redis, in the background. Each finding is
  a log line with \`"event":"doctor"\`, and \`keys_doctor_findings\` counts them. Nothing is logged on a good set-up.
  \`NODE_ENV=test\` turns this off.
- **How the public URL is checked**: the command sends \`GET /livez\` with a challenge that is signed with a key derived from
  \`SECRETS_KEY\`. The api proves that it has the same key and says whom it takes the caller for. Everybody else gets
  \`{"status":"ok"}\`, as always.

${AREAS.map((area) => `## ${area}\n\n${tableOf(area)}`).join('\n\n')}
`
