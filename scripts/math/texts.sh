#!/bin/bash
# Whether texts of numbers are read exactly, and whether what is printed is read as the same number: COUNT of each
# (10000000), for Double and Float. Needs node and python3.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=${1:-10000000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tools=$(dirname "$(readlink -f "$(command -v clang)")")
for source in SDK/CLibrary/Numbers/*.c SDK/CLibrary/Compiler/int128*.c; do
  "$tools/clang" --target=wasm32-unknown-none-wasm -matomics -mbulk-memory -O2 -ffreestanding -fno-builtin \
    -Xclang -mlong-double-64 -ISDK/CLibrary/include -c "$source" -o "$folder/$(basename "$source" .c).o"
done
"$tools/wasm-ld" "$folder"/*.o -o "$folder/numbers.wasm" --no-entry --allow-undefined --import-memory --shared-memory \
  --max-memory=1048576 --export=_swift_stdlib_strtod_clocale --export=_swift_stdlib_strtof_clocale
node scripts/math/texts.mjs "$folder/numbers.wasm" "$count" | python3 scripts/math/texts.py
swift run webble run Tests/CLibrary --product NumberTests -c release --in node --timeout 3600 \
  -- --filter "round trips of numbers with any bits" "$count"
