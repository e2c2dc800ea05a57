import { constants } from 'node:fs'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { startServer } from '../../src/dev/startServer.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'

export type ProxyName = 'nginx' | 'Caddy'

export type RunningProxy = {
  url: string
  /** Ends it, waits for its end and deletes its folder. */
  stop: () => Promise<void>
}

type Behind = { keysUrl: string; apiUrl: string }

/**
 * The real program with the configuration of examples/proxies/ that users copy, on a free port: nothing in it is
 * changed but the addresses. Throws when the program is not installed. It never outlives this process.
 */
export async function startProxy(name: ProxyName, behind: Behind): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-proxy-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const start = name === 'nginx' ? startNginx : startCaddy
  const server = await start({ folder, url, ...behind })
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  await waitForHttp(url, {
    accept: (status) => status === 401,
    boundMs: 20_000,
    signal: AbortSignal.timeout(20_000),
  }).catch(async (error) => {
    await stop()
    throw new Error(`${error}\n${(await server.exited).output}`)
  })
  return { url, stop }
}

type Place = Behind & { folder: string; url: string }

async function startNginx({ folder, url, keysUrl, apiUrl }: Place) {
  let config = await readFile(join(root, 'examples/proxies/nginx.conf'), 'utf8')
  const addresses = {
    'listen 8080;': `listen ${new URL(url).host};`,
    'server 127.0.0.1:3000;': `server ${new URL(keysUrl).host};`,
    'server 127.0.0.1:3100;': `server ${new URL(apiUrl).host};`,
  }
  for (const [written, ours] of Object.entries(addresses)) {
    if (config.split(written).length !== 2) throw new Error(`nginx.conf has "${written}" not exactly once`)
    config = config.replace(written, ours)
  }
  await writeFile(join(folder, 'site.conf'), config)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ')
  // One process, so that none is left whichever way it ends.
  const main = `daemon off; master_process off; pid ${folder}/pid; error_log stderr notice; events {}
http { access_log off; ${temporary} include ${folder}/site.conf; }\n`
  await writeFile(join(folder, 'main.conf'), main)
  return startServer({
    command: await findProgram('nginx'),
    args: ['-p', folder, '-c', join(folder, 'main.conf')],
    ready: /event method/,
    stopSignal: 'SIGTERM',
    remove: folder,
  })
}

async function startCaddy({ folder, url, keysUrl, apiUrl }: Place) {
  const main = `{\n\tadmin off\n}\nimport ${join(root, 'examples/proxies/Caddyfile')}\n`
  await writeFile(join(folder, 'Caddyfile'), main)
  return startServer({
    command: await findProgram('caddy'),
    args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_DATA_HOME: folder,
      SITE_ADDRESS: url,
      KEYS_URL: new URL(keysUrl).host,
      API_URL: new URL(apiUrl).host,
    },
    ready: /serving initial configuration/,
    stopSignal: 'SIGTERM',
    remove: folder,
  })
}

/** Debian keeps nginx in /usr/sbin, which is not on everybody's PATH; bin/lib/setup.sh looks in the same places. */
export async function findProgram(name: string): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin']
  for (const folder of folders.filter(Boolean)) {
    const path = join(folder, name)
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return path
  }
  throw new Error(`${name} is not installed: bin/test does that, or install it by hand`)
}
