/**
 * The image's entry point: `api`, `worker`, `migrate` or `keys …`. The process that was asked for runs in this very
 * one: there is no shell between it and the signals of whoever stops the container, and a base without one will do.
 */
const MAINS = {
  api: '../../src/api/main.ts',
  worker: '../../src/workers/main.ts',
  migrate: '../../src/cli/main.ts',
  keys: '../../src/cli/main.ts',
}

const [node = '', entrypoint = '', name = '', ...args] = process.argv

if (Object.hasOwn(MAINS, name)) {
  // The command line reads its words from here.
  process.argv = [node, entrypoint, ...(name === 'migrate' ? [name] : []), ...args]
  await import(MAINS[name as keyof typeof MAINS])
} else {
  process.stderr.write(`Say what to run: ${Object.keys(MAINS).join(', ')}. For example \`keys --help\`.\n`)
  process.exitCode = 2
}
