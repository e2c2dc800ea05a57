/** How often each comes, beside the others of its kind. */
export const OF_PROCESSES = { 'verifier stopped': 5, 'worker killed': 2, 'worker stopped': 2 } as const
export const OF_REGIONS = {
  'Redis killed': 2,
  'older file restored': 2,
  FLUSHALL: 2,
  'cut off both ways': 3,
  'silent both ways': 2,
  'requests lost or late': 2,
  'answers lost or late': 2,
  'verifier cut off': 3,
  'workers cut off apart': 4,
} as const
/** A Redis leaves the service and comes back, or what it knows leaves it. */
export const OF_MEMBERSHIP = {
  'removed and added again': 1,
  renamed: 1,
  'primary switched': 1,
  'lapsed for long': 1,
  'states swept': 1,
} as const
/** Where the primary region's Redis is in a group: another server takes the place of its primary, or may. */
export const OF_GROUP = {
  'primary killed': 2,
  'primary stopped': 4,
  'replica promoted': 3,
  'others stopped': 1,
} as const
export const OF_CLUSTER = {
  'handed over': 2,
  'bus cut': 3,
  'slot moved': 2,
  'taken over beside it': 2,
} as const
export type ProcessKind = keyof typeof OF_PROCESSES
export type RegionKind = keyof typeof OF_REGIONS
export type MembershipKind = keyof typeof OF_MEMBERSHIP
export type GroupKind = keyof typeof OF_GROUP | keyof typeof OF_CLUSTER
export type Kind = GroupKind | ProcessKind | RegionKind | MembershipKind
