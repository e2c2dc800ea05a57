import { readFileSync, rmSync } from 'node:fs'
import { NODE_MODULES, reachableFrom } from './reachable.ts'

/**
 * Deletes the packages that the service does not run on, in the current folder. `npm ci --omit=dev` keeps what is an
 * optional peer of a workspace and a tool of the tests at once, such as fastify, and some that only workspaces need.
 */
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const used = reachableFrom(packages, '')
for (const path of Object.keys(packages))
  if (path.startsWith(NODE_MODULES) && !used.has(path)) rmSync(path, { recursive: true, force: true })
