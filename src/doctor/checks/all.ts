import type { Check } from '../Check.ts'
import { emailChecks } from './email.ts'
import { machineChecks } from './machine.ts'
import { postgresChecks } from './postgres.ts'
import { publicUrlChecks } from './publicUrl.ts'
import { redisChecks } from './redis.ts'
import { serviceChecks } from './service.ts'
import { settingsChecks } from './settings.ts'
import { standbyChecks } from './standby.ts'

/** Every check of `bin/keys doctor`. docs/doctor.md is made of it: `npm run docs`. */
export const CHECKS: Check[] = [
  ...machineChecks,
  ...settingsChecks,
  ...postgresChecks,
  ...standbyChecks,
  ...redisChecks,
  ...serviceChecks,
  ...publicUrlChecks,
  ...emailChecks,
]
