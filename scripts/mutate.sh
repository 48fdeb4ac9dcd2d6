#!/bin/sh
# Breaks one thing at a time in scheduler, allocator, state machines and locks, and lists what the fast native tests
# do not notice: scripts/mutate.sh [HOW MANY, 100] [SEED, 1] [PART OF A FILE'S PATH]
set -eu
cd "$(dirname "$0")/.."
mkdir -p .build/mutants
swiftc -enable-bare-slash-regex -o .build/mutants/mutate scripts/mutate.swift
exec .build/mutants/mutate "$PWD" "$@"
