import { posix } from 'node:path'

/** What package-lock.json says of a package, as far as anyone here asks. */
export type LockEntry = {
  name?: string
  version?: string
  license?: string
  integrity?: string
  link?: boolean
  optional?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}
/** By path: `node_modules/koa`, `src/dashboard`, or nothing for the root. */
export type LockPackages = Record<string, LockEntry>

export const NODE_MODULES = 'node_modules/'

/** The names of what a package runs on. A peer that is optional is somebody else's choice. */
export function needsOf(path: string, entry: LockEntry): string[] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = entry
  const peers = Object.keys(peerDependencies).filter(
    (name) => path.includes(NODE_MODULES) && !entry.peerDependenciesMeta?.[name]?.optional,
  )
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}

/** Where Node finds a package: in the nearest node_modules upwards. Undefined for one that is not installed. */
export function placeOf(packages: LockPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const place = posix.join(folder, NODE_MODULES, name)
    if (packages[place] && !packages[place].link) return place
    if (folder === '.' || folder === '') return undefined
  }
}

/** The paths of everything that a package runs on. */
export function reachableFrom(packages: LockPackages, path: string, found = new Set<string>()): Set<string> {
  for (const name of needsOf(path, packages[path] ?? {})) {
    const place = placeOf(packages, path, name)
    if (place === undefined || found.has(place)) continue
    found.add(place)
    reachableFrom(packages, place, found)
  }
  return found
}
