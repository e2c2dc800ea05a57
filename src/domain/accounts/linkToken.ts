import { randomBase62 } from '../base62.ts'

/** The secret of an emailed link: 238 random bits. Only its digest is stored. */
export const newLinkToken = () => randomBase62(40)
