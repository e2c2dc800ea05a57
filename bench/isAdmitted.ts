/** Whether an api admits a key now. Throws where it answers otherwise than with a decision or 503. */
export async function isAdmitted(api: { url: string }, token: string, key: string): Promise<boolean> {
  const response = await fetch(`${api.url}/verify`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ key }),
  })
  const { valid } = (await response.json()) as { valid?: boolean }
  if (![200, 503].includes(response.status)) throw new Error(`A verification answered ${response.status}`)
  return response.status === 200 && valid === true
}
