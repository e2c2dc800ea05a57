import { randomBytes } from 'node:crypto'
import { readState, writeState } from './dataDir.ts'

/** DATA_DIR/dev.json: how to reach and use what bin/dev runs. */
export type DevState = {
  apiUrl: string
  adminKey: string
  serviceToken: string
  operatorToken: string
  email: string
  password: string
  databaseUrl: string
  redisUrl: string
  operatorUrl: string
  operatorUser: string
  operatorPassword: string
  /** Absent when there are no examples to run. */
  renderUrl?: string
  companyUrl?: string
}

/** DATA_DIR/secrets.json: made once; another SECRETS_KEY could not open what the first has sealed. */
export type DevSecrets = {
  SECRETS_KEY: string
  operatorUser: string
  operatorPassword: string
  demoPassword: string
}

/** As env.ts asks for. */
const OPERATOR_PASSWORD_LENGTH = 16

/** The secrets of a data folder, made on first use. */
export async function devSecrets(dataDir: string): Promise<DevSecrets> {
  const kept = await readState<DevSecrets>(dataDir, 'secrets.json')
  if (kept && kept.operatorPassword.length >= OPERATOR_PASSWORD_LENGTH) return kept
  const made = {
    SECRETS_KEY: randomBytes(32).toString('base64'),
    operatorUser: 'operator',
    operatorPassword: randomBytes(12).toString('base64url'),
    demoPassword: randomBytes(9).toString('base64url'),
    // Of what an older release made only a password that is too short now is made again.
    ...(kept && { SECRETS_KEY: kept.SECRETS_KEY, demoPassword: kept.demoPassword }),
  }
  await writeState(dataDir, 'secrets.json', made)
  return made
}

/** The variables under which a command gets to know `state`. */
export function stateVariables(state: DevState): Record<string, string> {
  return {
    API_URL: state.apiUrl,
    ADMIN_KEY: state.adminKey,
    SERVICE_TOKEN: state.serviceToken,
    OPERATOR_TOKEN: state.operatorToken,
    DATABASE_URL: state.databaseUrl,
    REDIS_URL: state.redisUrl,
    ...(state.renderUrl ? { RENDER_URL: state.renderUrl } : {}),
    ...(state.companyUrl ? { COMPANY_URL: state.companyUrl } : {}),
    OPERATOR_URL: state.operatorUrl,
    OPERATOR_USER: state.operatorUser,
    OPERATOR_PASSWORD: state.operatorPassword,
    EMAIL: state.email,
    PASSWORD: state.password,
  }
}
