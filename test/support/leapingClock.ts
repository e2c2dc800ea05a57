/**
 * Loaded before a process (`node --import`), makes ten seconds pass between two looks at how long something took: what
 * is said every ten seconds is said each time.
 */
const realNow = performance.now.bind(performance)
let leapt = 0
performance.now = () => {
  leapt += 10_000
  return realNow() + leapt
}
