#!/bin/sh
# The operator's command line, for /usr/local/bin: with the settings of the units and in their sandbox. Run it as root:
# pictify-keys account list
set -eu
if [ -t 0 ] && [ -t 1 ]; then io=--pty; else io=--pipe; fi
exec systemd-run --quiet --collect --wait "$io" --service-type=exec --unit="pictify-keys-cli-$$" \
  --description='Pictify Keys: command line' \
  /opt/pictify-keys/node_modules/.bin/node src/cli/main.ts "$@"
