// Exits with 0 when node_modules holds exactly what package-lock.json asks for. Runs on any Node.
import { readFileSync } from 'node:fs'

const root = process.argv[2]
const packages = (file) => {
  try {
    return JSON.parse(readFileSync(`${root}/${file}`, 'utf8')).packages
  } catch {
    return {}
  }
}
const wanted = packages('package-lock.json')
const installed = packages('node_modules/.package-lock.json')

// A package for another system is in the lock file, optional, and not installed here.
const differs = Object.entries(wanted).filter(([path, entry]) => {
  if (!path.startsWith('node_modules/')) return false
  const found = installed[path]
  if (entry.link) return found?.resolved !== entry.resolved
  return found ? found.version !== entry.version || found.integrity !== entry.integrity : !entry.optional
})
process.exit(differs.length === 0 ? 0 : 1)
