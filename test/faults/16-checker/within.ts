/** Waits no longer than that for something which goes on by itself. */
export async function within(boundMs: number, task: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, boundMs)
  })
  await Promise.race([task, late]).finally(() => clearTimeout(timer))
}
