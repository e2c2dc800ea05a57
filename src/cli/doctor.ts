import { Command as Cli, CommanderError, InvalidArgumentError } from 'commander'
import { CHECKS } from '../doctor/checks/all.ts'
import { diagnose } from '../doctor/diagnose.ts'
import { gatherFacts } from '../doctor/gatherFacts.ts'
import { renderDiagnosis, summaryOf } from '../doctor/renderDiagnosis.ts'

type DoctorOptions = { apis: number; workers: number; skip?: string[] }

/**
 * `doctor`: whether this set-up is right, and what is wrong. Reads the environment and asks everything that it names;
 * needs none of it, and changes nothing. The status is 1 where there is an error.
 */
export function doctorCommand(): Cli {
  return new Cli('doctor')
    .description(
      'check settings, Postgres, Redis, the public URL and email; the status is 1 if something is wrong',
    )
    .option('--apis <number>', 'api processes that you run in all', parseCount, 1)
    .option('--workers <number>', 'worker processes that you run in all', parseCount, 1)
    .option('--skip <check>', 'leave out a check; repeatable', collectChecks)
    .action(async ({ apis, workers, skip }: DoctorOptions, command: Cli) => {
      const facts = await gatherFacts({ source: process.env, processes: { apis, workers } })
      const diagnosis = diagnose(facts, new Set(skip))
      const summary = summaryOf(diagnosis)
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      const { findings, made, missing } = diagnosis
      process.stdout.write(
        json
          ? `${JSON.stringify({ ...summary, findings, made: Object.values(made).flat(), missing: Object.values(missing).flat() })}\n`
          : renderDiagnosis(diagnosis, { colour: process.stdout.isTTY === true && !process.env.NO_COLOR }),
      )
      if (!summary.ready) throw new CommanderError(1, 'keys.doctor', `${summary.errors} problems`)
    })
}

function parseCount(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a number from 0 to 9999.')
  return Number(text)
}

function collectChecks(text: string, before: string[] = []): string[] {
  if (!CHECKS.some(({ id }) => id === text))
    throw new InvalidArgumentError('docs/doctor.md lists the checks.')
  return [...before, text]
}
