/**
 * Loaded into a process of the service by `NODE_OPTIONS=--import`: SIGUSR2 throws where nothing catches, SIGWINCH
 * rejects where nothing waits, both with a secret where errors of libraries have theirs.
 */
const secret = `pk_live_${'S3cret'.repeat(6)}`
const fault = () => Object.assign(new Error(`not valid: ${secret}`), { command: { args: [secret] } })
process.on('SIGUSR2', () => {
  throw fault()
})
process.on('SIGWINCH', () => void Promise.reject(fault()))
