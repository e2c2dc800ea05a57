import { randomBytes } from 'node:crypto'

/** The environment of the processes of a service under test. */
export function serviceEnv(
  databaseUrl: string,
  redisUrl: string,
  inherited = process.env,
): Record<string, string> {
  return {
    ...(inherited as Record<string, string>),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    OPERATOR_USER: 'operator',
    OPERATOR_PASSWORD: 'operator-password',
    HOST: '127.0.0.1',
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    // A slow machine is no reason for a 202: tests that want one ask for it.
    COMMAND_WAIT_MS: '30000',
    // Tests ask faster than people.
    CALLS_PER_MINUTE: '1000000',
  }
}
