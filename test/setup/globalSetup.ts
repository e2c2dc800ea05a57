import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { root } from '../../src/dev/dataDir.ts'
import { startPostgres } from '../../src/dev/postgres.ts'
import { startRedis } from '../../src/dev/redis.ts'
import { TEMPLATE } from './cloneTemplate.ts'
import { startOperator } from './operator.ts'
import { runSql } from './runSql.ts'
import { testPostgres } from './testPostgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's own database: for making and dropping others. */
    postgresUrl: string
    /** Of one Redis that all test files share. */
    redisUrl: string
    /** Where to ask for accounts and tokens: see operator.ts. */
    operatorPort: number
  }
}

/**
 * One Postgres, one Redis, one operator and one migrated template database for the whole run, whatever DATABASE_URL and
 * REDIS_URL say. All of them end with this process, even when it is killed.
 */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  const [postgresDir, redisDir] = await Promise.all([temporaryFolder(), temporaryFolder()])
  const [postgres, redis] = await Promise.all([
    startPostgres({ dataDir: postgresDir, binaries: await testPostgres(), fast: true, temporary: true }),
    startRedis({ dataDir: redisDir, temporary: true }),
  ])
  const isServiceNeeded = !process.env.WITHOUT_SERVICE
  const operator = isServiceNeeded ? await startOperator() : undefined
  const teardown = async () => {
    await operator?.stop()
    await Promise.all([postgres.stop(), redis.stop()])
  }
  try {
    await Promise.all([makeTemplate(postgres.url, redis.url), ...(isServiceNeeded ? [compileSources()] : [])])
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgresUrl', postgres.url)
  project.provide('redisUrl', redis.url)
  project.provide('operatorPort', operator?.port ?? 0)
  return teardown
}

/** Deleted by the server that is started in it. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-test-'))
  // Under root, Postgres runs as another user, who has to get in.
  await chmod(folder, 0o711)
  return folder
}

/** Into NODE_COMPILE_CACHE, when there is one: a process that is killed, as most here are, leaves nothing there. */
async function compileSources(): Promise<void> {
  if (!process.env.NODE_COMPILE_CACHE) return
  const load = `await import('./src/api/app.ts'); await import('./src/workers/startWorkers.ts')`
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', load], { cwd: root })
}

async function makeTemplate(postgresUrl: string, redisUrl: string): Promise<void> {
  const url = new URL(postgresUrl)
  url.pathname = `/${TEMPLATE}`
  await runSql(postgresUrl, `CREATE DATABASE ${TEMPLATE}`)
  await promisify(execFile)(process.execPath, ['src/cli/main.ts', 'migrate'], {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: url.href,
      REDIS_URL: redisUrl,
      SECRETS_KEY: randomBytes(32).toString('base64'),
    },
  })
  // A connection to the template would make a clone of it fail.
  await runSql(postgresUrl, `ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`)
}
