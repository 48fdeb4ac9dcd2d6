#!/bin/sh
# Checks the types of all JavaScript in Glue/, and of the benchmarks', with the TypeScript compiler (Debian's
# node-typescript).
set -eu
cd "$(dirname "$0")/.."
exec tsc -p Glue
