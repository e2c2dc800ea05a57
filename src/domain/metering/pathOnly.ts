/** The path of a called endpoint, without its query: a query may hold a key, or else what must not be kept. */
export function pathOnly(endpoint: string): string {
  const mark = endpoint.search(/[?#]/)
  return mark < 0 ? endpoint : endpoint.slice(0, mark)
}
