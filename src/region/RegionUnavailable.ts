/** The region's Redis is away, or is being opened: nothing can be decided now. */
export class RegionUnavailable extends Error {
  override name = 'RegionUnavailable'
}
