# Installs, with apt-get, the first of the given packages that can be had. Run as root.
# The distribution's own service is neither started nor left to start at boot: bin/ runs its own servers.
set -u
export DEBIAN_FRONTEND=noninteractive

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi

apt-get -q -o DPkg::Lock::Timeout=120 update
for package in "$@"; do
  if apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$package"; then
    command -v systemctl > /dev/null && systemctl disable "$package" > /dev/null 2>&1
    exit 0
  fi
done
exit 1
