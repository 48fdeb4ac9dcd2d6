#!/bin/sh
# Checks the types of the JavaScript glue, and of the benchmarks', with the TypeScript compiler (Debian's
# node-typescript).
set -eu
cd "$(dirname "$0")/.."
exec tsc --noEmit --allowJs --checkJs --strict --skipLibCheck --target es2022 --module es2022 \
  --moduleResolution node --lib es2022,dom,dom.iterable,esnext.weakref Glue/webble.js Glue/webble-javascript.js \
  Benchmarks/driver.js Benchmarks/Baselines/*.js
