/** The value of one sample at an api's /metrics, as `name{label="value"}`; 0 where there is none. */
export async function metricOf(url: string, sample: string): Promise<number> {
  const authorization = `Basic ${btoa('operator:operator-password')}`
  const response = await fetch(`${url}/metrics`, { headers: { Authorization: authorization } })
  const line = (await response.text()).split('\n').find((one) => one.startsWith(`${sample} `))
  return Number(line?.slice(sample.length + 1) ?? 0)
}
