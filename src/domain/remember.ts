/**
 * The same function, which works a text out once: for what comes back with many requests, and does not change. It
 * remembers `most` texts, then begins again with none, so nobody fills the memory. What throws is not remembered.
 */
export function remember<Value>(most: number, compute: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined || known.has(text)) return before as Value
    const value = compute(text)
    if (known.size >= most) known.clear()
    known.set(text, value)
    return value
  }
}
