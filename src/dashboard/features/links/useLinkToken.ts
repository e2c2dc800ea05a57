import { useEffect, useState } from 'react'

const readToken = () => location.hash.slice(1)

/**
 * The token of the link that led here, from behind the `#`: browsers send that part to nobody. It leaves the address,
 * so that neither the history nor a bookmark has it.
 */
export function useLinkToken(): string {
  const [token, setToken] = useState(readToken)
  useEffect(() => {
    const take = () => {
      if (readToken() === '') return
      setToken(readToken())
      history.replaceState(history.state, '', location.pathname)
    }
    take()
    // Another link in the same tab loads no page.
    addEventListener('hashchange', take)
    return () => removeEventListener('hashchange', take)
  }, [])
  return token
}
