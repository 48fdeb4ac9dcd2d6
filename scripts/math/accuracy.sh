#!/bin/bash
# How exact the C library's functions are: greatest and mean error in units in the last place, over COUNT
# arguments each (1000000), by MPFR. Needs node, and python3 with gmpy2. For Node's engine and our own functions.
set -eu
cd "$(dirname "$0")/../.."
count=${1:-1000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools=$(dirname "$(readlink -f "$(command -v clang)")")
functions="sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp expm1 exp2 exp10 log log1p log2 log10
  cbrt atan2 pow hypot erf erfc tgamma lgamma"
for source in SDK/CLibrary/Math/*.c SDK/CLibrary/Compiler/int128*.c; do
  "$tools/clang" --target=wasm32-unknown-none-wasm -matomics -mbulk-memory -O2 -ffreestanding -fno-builtin \
    -Xclang -mlong-double-64 -ISDK/CLibrary/include -c "$source" -o "$folder/$(basename "$source" .c).o"
done
"$tools/wasm-ld" "$folder"/*.o -o "$folder/math.wasm" --no-entry --allow-undefined --import-memory --shared-memory \
  --max-memory=1048576 $(printf -- '--export=%s ' $functions)
echo "function   greatest     mean  wrong"
for function in $functions; do
  node scripts/math/values.mjs "$folder/math.wasm" "$function" "$count" | python3 scripts/math/compare.py "$function"
done
