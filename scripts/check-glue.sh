#!/bin/sh
# Checks the types of the JavaScript glue with the TypeScript compiler (Debian's node-typescript).
set -eu
cd "$(dirname "$0")/../Glue"
exec tsc --noEmit --allowJs --checkJs --strict --skipLibCheck --target es2022 --module es2022 \
  --moduleResolution node --lib es2022,dom,dom.iterable,esnext.weakref webble.js webble-javascript.js
