#!/bin/sh
# Writes .env beside compose.yaml, with fresh secrets. It never replaces one: the old secrets would be lost.
set -eu
cd "$(dirname "$0")/../.."
if [ -e .env ]; then
  echo '.env is there already. Nothing was changed.' >&2
  exit 1
fi
random() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }
# For a URL: no character in it needs to be quoted.
hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

umask 077
cat > .env <<END
# The name under which browsers and servers reach the service.
KEYS_SITE=localhost
POSTGRES_PASSWORD=$(hex 24)
# Keep a copy of it in another place than the backups: docs/operating.md#backup-and-restore.
SECRETS_KEY=$(random 32)
# For /admin, /admin/queues and /metrics, with the name "operator".
OPERATOR_PASSWORD=$(hex 16)
END
echo 'Wrote .env with fresh secrets.' >&2
