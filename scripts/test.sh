#!/bin/bash
# All tests: native, native under the thread sanitizer, and programs in Node and three browsers.
# Fails if a test or a step fails. The last line is the sum of all: N passed, N failed.
set -u
cd "$(dirname "$0")/.."

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What `swift test` says of tests that pass and of packages that it fetches.
noise='^(◇|↳|✔ Suite|✔ Test .*(\(\)|"|test cases?) passed|\[[0-9]+/[0-9]+\])'
noise="$noise|^(Fetching|Fetched|Computing|Computed|Creating working copy|Working copy) "

# native NAME COMMAND…: runs `swift test` and counts what it reports.
native() {
  echo "== $1"
  shift
  "$@" 2>&1 | tee "$log" | grep -v -E "$noise"
  local status=${PIPESTATUS[0]} run total failures
  run=$(grep -E '^(✔|✘) Test run with [0-9]+ tests' "$log" | tail -n 1)
  total=$(sed -E 's/^.*Test run with ([0-9]+) tests.*$/\1/' <<<"$run")
  failures=$(grep -E '^✘ Test .* failed after' "$log" | grep -v -c '^✘ Test run with')
  # No report: the build failed or a test crashed. A status without a failure: the sanitizer's.
  if [ -z "$run" ]; then total=1 failures=1; fi
  if [ "$status" != 0 ] && [ "$failures" = 0 ]; then total=$((total + 1)) failures=1; fi
  passed=$((passed + total - failures))
  failed=$((failed + failures))
}

# programs NAME PACKAGE OPTION…: runs the tests of a package under Tests/ with `webble test`.
programs() {
  echo "== $1"
  local package=Tests/$2
  shift 2
  "$webble" test "$package" "$@" 2>&1 | tee "$log" | grep -v -E '^[0-9]+ passed, [0-9]+ failed$'
  local status=${PIPESTATUS[0]} sum
  sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  read -r passes _ failures _ <<<"${sum:-0 passed, 1 failed}"
  if [ "$status" != 0 ] && [ "$failures" = 0 ]; then failures=1; fi
  passed=$((passed + passes))
  failed=$((failed + failures))
}

echo "== Types of the glue"
if scripts/check-glue.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# Some kernels place memory where the sanitizer needs its own, unless told not to randomise.
fixed_addresses=
if setarch -R true 2>/dev/null; then fixed_addresses="setarch -R"; fi

native "Native" swift test --disable-xctest
# The tests that start browsers share no memory between threads of their own.
native "Native, thread sanitizer" $fixed_addresses swift test --disable-xctest \
  --scratch-path .build-sanitizer --sanitize thread --skip WebbleToolTests --skip EndToEndTests

if swift build --product webble; then
  webble=$(swift build --show-bin-path)/webble
  programs "Programs, release" Programs -c release --in node,chromium,firefox,webkit
  programs "Programs, debug" Programs -c debug --in node,chromium
  programs "Programs without isolation" Programs -c release --in chromium --no-isolation
  programs "Programs without tail calls" Programs -c release --in node --no-tail-calls
  for package in Concurrency BetweenTasks JavaScript; do
    programs "$package" "$package" -c release --in node,chromium
  done
else
  failed=$((failed + 1))
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
