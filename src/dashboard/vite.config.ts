import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const dist = join(import.meta.dirname, 'dist')

/** Beside each file of text its compressed forms, which the api serves to browsers that take them. */
const compressed: Plugin = {
  name: 'compressed',
  closeBundle: async () => {
    const names = await readdir(dist, { recursive: true })
    await Promise.all(
      names
        .filter((name) => /\.(js|css|svg)$/.test(name))
        .map(async (name) => {
          const path = join(dist, name)
          const content = await readFile(path)
          await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }))
          await writeFile(`${path}.br`, await promisify(brotliCompress)(content))
        }),
    )
  },
}

export default defineConfig({
  root: import.meta.dirname,
  // Where the api serves the dashboard; its router and the links in messages have the same.
  base: '/dashboard/',
  plugins: [react(), compressed],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // These know light-dark(). For older ones it would be rewritten so that it follows only a colour scheme that our
    // own style sheets set, and it is Mantine's that do.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // The Content-Security-Policy has no data: for scripts and fonts; a request is cheap beside an exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { optimization: { inlineConst: { mode: 'all' } } },
  },
})
