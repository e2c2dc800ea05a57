/** Twenty characters of 62: 119 random bits. */
export function randomPassword(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const password: string[] = []
  while (password.length < 20) {
    // 248 is the last multiple of 62: above it some letters would come more often.
    for (const byte of crypto.getRandomValues(new Uint8Array(20)))
      if (byte < 248) password.push(letters.charAt(byte % 62))
  }
  return password.slice(0, 20).join('')
}
