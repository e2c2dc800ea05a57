/** What holds values that are sealed again: `SEALED_COLUMNS` says which. */
export const RESEALED = ['channels', 'links'] as const
export type Resealed = (typeof RESEALED)[number]
