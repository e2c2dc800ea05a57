import { z } from 'zod'

/** Part of the environment: `platform/env.ts`. */
export const backupSettings = {
  BACKUP_DIR: z
    .string()
    .optional()
    .describe(
      'The folder in which a worker keeps backups. Default: none are made. [Backups](operating.md#backup-and-restore).',
    ),
  BACKUP_AT: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day in UTC, such as 02:00')
    .default('02:00')
    .describe('The time of day in UTC at which the daily backup is due.'),
  BACKUP_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(14)
    .describe(
      'How many days a backup is kept. The newest one, and the newest that was restored, are always kept.',
    ),
  BACKUP_CHECK_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(365)
    .default(7)
    .describe('Every so many days a worker restores the newest backup into a scratch database. `0`: never.'),
  BACKUP_DATABASE_URL: z
    .string()
    .regex(/^postgres(?:ql)?:\/\//, 'must be a URL starting with postgres:// or postgresql://')
    .optional()
    .describe(
      '`DATABASE_URL` for backups, where that leads to a pooler, or its role may not create databases.',
    ),
  BACKUP_PG_BIN: z
    .string()
    .optional()
    .describe('The folder of `pg_dump` and `pg_restore`, as new as the server. Default: those on `PATH`.'),
}

export type BackupSettings = {
  dir: string
  databaseUrl: string
  pgBin?: string
  keepDays: number
  checkDays: number
  /** `02:00`, UTC. */
  at: string
}

type BackupEnv = { DATABASE_URL: string } & z.infer<z.ZodObject<typeof backupSettings>>

/** Undefined where no backups are made. */
export function readBackupSettings(env: BackupEnv): BackupSettings | undefined {
  if (env.BACKUP_DIR === undefined) return undefined
  return {
    dir: env.BACKUP_DIR,
    databaseUrl: env.BACKUP_DATABASE_URL ?? env.DATABASE_URL,
    ...(env.BACKUP_PG_BIN === undefined ? {} : { pgBin: env.BACKUP_PG_BIN }),
    keepDays: env.BACKUP_KEEP_DAYS,
    checkDays: env.BACKUP_CHECK_DAYS,
    at: env.BACKUP_AT,
  }
}
