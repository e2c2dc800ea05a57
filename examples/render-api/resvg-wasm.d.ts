// The package has declarations, but its `exports` hide them from TypeScript. This is the part used here.
declare module '@resvg/resvg-wasm' {
  export type ResvgOptions = {
    font?: { fontBuffers: Uint8Array[]; defaultFontFamily?: string; sansSerifFamily?: string }
    fitTo?: { mode: 'original' } | { mode: 'width' | 'height'; value: number }
  }
  export type Picture = { readonly width: number; readonly height: number; asPng(): Uint8Array; free(): void }
  /** Throws an Error that says what is wrong with the SVG. */
  export class Resvg {
    constructor(svg: string, options?: ResvgOptions)
    readonly width: number
    readonly height: number
    render(): Picture
    free(): void
  }
  export function initWasm(wasm: BufferSource): Promise<void>
}
