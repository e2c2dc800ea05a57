/**
 * For bin/keys: prints, as lines for a shell, the variables that the command line needs and that are not set, from the
 * bin/dev that runs now. Ends with 1 and says why when there is none.
 */
import type { DevSecrets, DevState } from './DevState.ts'
import { dataDirectory, isDataDirectoryLocked, readState } from './dataDir.ts'
import { shellExports } from './shellExports.ts'

const { DATABASE_URL, REDIS_URL, SECRETS_KEY, PUBLIC_URL, OPERATOR_USER, OPERATOR_PASSWORD } = process.env
const { WEBHOOK_ALLOW_PRIVATE, NODE_ENV } = process.env
const dataDir = dataDirectory()
const state = isDataDirectoryLocked(dataDir) ? await readState<DevState>(dataDir, 'dev.json') : undefined
const secrets = state && (await readState<DevSecrets>(dataDir, 'secrets.json'))

// A database of someone else has a SECRETS_KEY of its own.
const isOurs = state && secrets && (!DATABASE_URL || DATABASE_URL === state.databaseUrl)

if (isOurs) {
  const variables = {
    DATABASE_URL: state.databaseUrl,
    REDIS_URL: REDIS_URL || state.redisUrl,
    SECRETS_KEY: SECRETS_KEY || secrets.SECRETS_KEY,
    // Links, and what `doctor` compares with the running api.
    PUBLIC_URL: PUBLIC_URL || state.apiUrl,
    OPERATOR_USER: OPERATOR_USER || state.operatorUser,
    OPERATOR_PASSWORD: OPERATOR_PASSWORD || state.operatorPassword,
    WEBHOOK_ALLOW_PRIVATE: WEBHOOK_ALLOW_PRIVATE || 'true',
    NODE_ENV: NODE_ENV || 'development',
  }
  process.stdout.write(shellExports(variables))
} else if (!DATABASE_URL || !REDIS_URL) {
  console.error(`Set DATABASE_URL and REDIS_URL, or start bin/dev first: none is ready on ${dataDir}`)
  process.exit(1)
}
