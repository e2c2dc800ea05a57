/** `Ada`, `Ada and Bob`, `Ada, Bob and Eve` */
export function listText(items: string[], word: 'and' | 'or'): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`
}
