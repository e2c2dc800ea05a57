import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { type Server, startServer } from '../../src/dev/startServer.ts'
import { eventually } from './eventually.ts'
import { findProgram, type ProxyName } from './startProxy.ts'

/** Browsers take every name that ends so for loopback. */
const HOST = 'keys.localhost'

/** Where a proxy with TLS on this port is reached. */
export const tlsUrlOf = (port: number) => `https://${HOST}:${port}`

/**
 * The real program with TLS, and the configuration of examples/proxies/ that users copy, on loopback: Caddy with a
 * certificate of its own internal CA, nginx with a self-made one. Nothing in the files is changed but names and
 * addresses. `stop` ends it and deletes its folder; it never outlives this process.
 */
export async function startTlsProxy(name: ProxyName, port: number, keysUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-tls-'))
  const start = name === 'nginx' ? startNginx : startCaddy
  const server = await start(folder, port, new URL(keysUrl).host)
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  // Caddy makes its certificate after it says that it is there.
  await eventually(
    () => statusOf(port, '/livez'),
    (status) => status === 200,
  ).catch(async (error) => {
    await stop()
    throw new Error(`${error}\n${(await server.exited).output}`)
  })
  return { stop }
}

/** The status of one request through the proxy; 0 without an answer. */
export function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path, servername: HOST, headers: { Host: `${HOST}:${port}` } }
    request({ ...options, rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
      .on('error', () => resolve(0))
      .end()
  })
}

async function startNginx(folder: string, port: number, keys: string): Promise<Server> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'certificate.key')]
  await promisify(execFile)(await findProgram('openssl'), [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', key, '-out', certificate],
  ])
  let config = await readFile(join(root, 'examples/proxies/dashboard.nginx.conf'), 'utf8')
  const changes = {
    'listen 443 ssl;': `listen 127.0.0.1:${port} ssl;`,
    'server_name keys.example.com;': `server_name ${HOST};`,
    'server 127.0.0.1:3000;': `server ${keys};`,
    '/etc/nginx/keys.example.com.pem;': `${certificate};`,
    '/etc/nginx/keys.example.com.key;': `${key};`,
  }
  for (const [written, ours] of Object.entries(changes)) {
    if (config.split(written).length !== 2) throw new Error(`the file has "${written}" not exactly once`)
    config = config.replace(written, ours)
  }
  await writeFile(join(folder, 'site.conf'), config)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ')
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

async function startCaddy(folder: string, port: number, keys: string): Promise<Server> {
  const file = join(root, 'examples/proxies/dashboard.Caddyfile')
  // Nothing outside of the folder: no root certificate in the machine's store, no second listener for redirects.
  const main = `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\nimport ${file}\n`
  await writeFile(join(folder, 'Caddyfile'), main)
  return startServer({
    command: await findProgram('caddy'),
    args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_DATA_HOME: folder,
      KEYS_SITE: tlsUrlOf(port),
      KEYS_URL: keys,
    },
    ready: /serving initial configuration/,
    stopSignal: 'SIGTERM',
    remove: folder,
  })
}
