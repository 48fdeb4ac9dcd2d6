#!/bin/sh
# Installs what is missing: scripts/install-engines.sh chromium|firefox|webkit|node|tsc …
# Needs a system with apt-get, and root or sudo; elsewhere says what to install.
set -eu

is_installed() {
  case $1 in
    chromium)
      command -v chromium || command -v chromium-browser || command -v google-chrome-stable \
        || command -v google-chrome || ls "/Applications/Google Chrome.app" ;;
    firefox) command -v firefox-esr || command -v firefox || ls /Applications/Firefox.app ;;
    webkit)
      command -v xvfb-run && ls /usr/lib/*/webkit2gtk-4.*/MiniBrowser \
        /usr/lib*/webkit*/MiniBrowser /usr/libexec/webkit*/MiniBrowser 2>/dev/null | grep -q . ;;
    node) command -v node || command -v nodejs ;;
    tsc) command -v tsc ;;
    *) echo "unknown engine: $1" >&2; exit 2 ;;
  esac >/dev/null 2>&1
}

packages=
for engine in "$@"; do
  is_installed "$engine" && continue
  case $engine in
    chromium) packages="$packages chromium" ;;
    firefox) packages="$packages firefox-esr" ;;
    webkit) packages="$packages webkit2gtk-driver xvfb xauth" ;;
    node) packages="$packages nodejs" ;;
    tsc) packages="$packages node-typescript" ;;
  esac
done
[ -n "$packages" ] || exit 0

command="apt-get install -y --no-install-recommends$packages"
if ! command -v apt-get >/dev/null; then
  echo "Not installed, and there is no apt-get to install it:$packages" >&2
  exit 69
elif [ "$(id -u)" = 0 ]; then
  sudo=
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  sudo=sudo
else
  echo "Not installed, and this user may not install it. As root: $command" >&2
  exit 69
fi
echo "Installing$packages" >&2
$sudo apt-get update -qq >&2
DEBIAN_FRONTEND=noninteractive $sudo $command -qq >&2
