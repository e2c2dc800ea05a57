/** The region's Redis is away, or is being opened: nothing can be decided now. */
export class RegionUnavailable extends Error {
  override name = 'RegionUnavailable'
}

/** And what was to be run there has not run, and will not: the region has said so, or it was never sent. */
export class NothingRan extends RegionUnavailable {}
