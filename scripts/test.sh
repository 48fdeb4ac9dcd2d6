#!/bin/bash
# All tests: native, native under the thread sanitizer, and programs in three browsers, Node, Deno and Bun.
# Fails if a test or a step fails. Says at the end which tests failed, with what they printed just
# before; the last line is the sum of all: N passed, N failed.
set -u
cd "$(dirname "$0")/.."

passed=0
failed=0
log=$(mktemp)
failures_seen=$(mktemp)
trap 'rm -f "$log" "$failures_seen"' EXIT

# note_failures STEP PATTERN: keeps the lines of the log that match, each with those before it.
note_failures() {
  local lines
  lines=$(grep -E -B 6 "$2" "$log") || lines=$(tail -n 6 "$log")
  printf '== %s\n%s\n' "$1" "$lines" >>"$failures_seen"
}

# What `swift test` says of tests that pass and of packages that it fetches.
noise='^(◇|↳|✔ Suite|✔ Test .*(\(\)|"|test cases?) passed|\[[0-9]+/[0-9]+\])'
noise="$noise|^(Fetching|Fetched|Computing|Computed|Creating working copy|Working copy) "

# native NAME COMMAND…: runs `swift test` and counts what it reports.
native() {
  local step=$1
  echo "== $step"
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
  if [ "$failures" != 0 ]; then note_failures "$step" '^✘ Test |WARNING: ThreadSanitizer|error:'; fi
}

# counted STEP COMMAND…: runs what closes with `N passed, N failed`.
counted() {
  local step=$1
  echo "== $step"
  shift
  "$@" 2>&1 | tee "$log" | grep -v -E '^[0-9]+ passed, [0-9]+ failed$'
  local status=${PIPESTATUS[0]} sum
  sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
  read -r passes _ failures _ <<<"${sum:-0 passed, 1 failed}"
  if [ "$status" != 0 ] && [ "$failures" = 0 ]; then failures=1; fi
  passed=$((passed + passes))
  failed=$((failed + failures))
  if [ "$failures" != 0 ]; then note_failures "$step" '^(\[[a-z]+\] )?not ok |error:'; fi
}

# programs STEP PACKAGE OPTION…: runs the tests of a package under Tests/ with `webble test`.
programs() {
  local step=$1 package=Tests/$2
  shift 2
  counted "$step" "$webble" test "$package" "$@"
}

echo "== Types of the glue"
if scripts/check-glue.sh; then passed=$((passed + 1)); else failed=$((failed + 1)); fi

# Some kernels place memory where the sanitizer needs its own, unless told not to randomise.
fixed_addresses=
if setarch -R true 2>/dev/null; then fixed_addresses="setarch -R"; fi

native "Native" swift test --disable-xctest
# The tests that start browsers or compilers share no memory between threads of their own.
native "Native, thread sanitizer" $fixed_addresses swift test --disable-xctest \
  --scratch-path .build-sanitizer --sanitize thread --skip WebbleToolTests --skip EndToEndTests --skip StandardLibraryTests \
  --skip SteppedTests

# The same files as below, on native pools; what is of the web alone is left out.
for product in PoolTests LanguageTests SchedulingTests StackTests TypedErrorTests EndlessTests; do
  counted "$product, native" swift run --package-path Tests/Programs "$product"
done
counted "BetweenTasks, native" swift run --package-path Tests/BetweenTasks BetweenTasksTests

# A user's own tests, in either library.
native "A user's tests" swift test --package-path Tests/Natively
native "Examples/Server" swift test --disable-xctest --package-path Examples/Server

# The same under the thread sanitizer. Swift tells it of a change of one field of a struct as of one of the
# whole struct, and it would report workers, whose fields belong to several threads; loads and stores it
# sees by themselves. See Sources/CPlatform/Native/sanitizer.c.
# sanitized STEP PACKAGE ARGUMENT…
sanitized() {
  local step=$1 package=Tests/$2
  shift 2
  counted "$step, native, thread sanitizer" env WEBBLE_CHECKS_ITSELF=1 $fixed_addresses \
    swift run --package-path "$package" --scratch-path "$package/.build-sanitizer" \
    --sanitize thread -Xlinker --wrap=__tsan_external_read -Xlinker --wrap=__tsan_external_write "$@"
}
for product in PoolTests LanguageTests SchedulingTests; do
  sanitized "$product" Programs "$product"
done
sanitized "Crowds between tasks" BetweenTasks BetweenTasksTests --filter 10,000
sanitized "Concurrency" Concurrency ConcurrencyTests

# The same files as below, against the toolchain's own library.
counted "Concurrency, native" swift run --package-path Tests/Concurrency ConcurrencyTests

counted "The scheduler on up to 16 cores" \
  swift run -c release --package-path Benchmarks/Scaling Scaling --smoke

if swift build --product webble; then
  webble=$(swift build --show-bin-path)/webble
  programs "Programs, release" Programs -c release --in node,chromium,firefox,webkit
  programs "Programs, debug" Programs -c debug --in node,chromium
  programs "Programs without isolation" Programs -c release --in chromium --no-isolation
  no_tail_calls="-c release --in node --no-tail-calls"
  for product in LanguageTests PoolTests SchedulingTests; do
    programs "$product without tail calls" Programs $no_tail_calls --product $product
  done
  # Without tail calls the other shapes may overflow the stack.
  programs "StackTests without tail calls" Programs $no_tail_calls --product StackTests \
    --filter "through the runtime"
  for package in CLibrary Concurrency BetweenTasks JavaScript; do
    programs "$package" "$package" -c release --in node,chromium,firefox,webkit
  done
  # Whoever runs a program on a server may have these; their engines are those of Chromium and WebKit.
  programs "Pools, Deno and Bun" Programs -c release --in deno,bun --product PoolTests
  programs "JavaScript, Deno and Bun" JavaScript -c release --in deno,bun --product CallTests
  newer=$(mktemp -d)
  ln -s "$(command -v node24)" "$newer/node"
  PATH=$newer:$PATH programs "Pools, Node 24" Programs -c release --in node --product PoolTests
  PATH=$newer:$PATH programs "JavaScript, Node 24" JavaScript -c release --in node --product CallTests
  rm -r "$newer"
  programs "JavaScript above 2 GiB" JavaScript -c release --in node,chromium --maximum-memory 4096
  # What a server and its page share, and the page.
  programs "Examples/Server" ../Examples/Server --in native,node
  if "$webble" build Examples/Server --product Page; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "== The page of Examples/Server" >>"$failures_seen"
  fi
  programs "Examples/Gallery" ../Examples/Gallery -c release --in node,chromium,firefox,webkit
  # Other people's packages, and JSON beside the engine's.
  if ! scripts/bigint.sh Tests/PackagesOfOthers/BigInt; then
    failed=$((failed + 1))
    echo "== BigInt: see above" >>"$failures_seen"
  fi
  programs "Packages, debug" PackagesOfOthers -c debug --in node
  # A large package: in release only.
  if scripts/async-algorithms.sh Tests/PackagesOfOthers/swift-async-algorithms; then
    programs "Packages, release" PackagesOfOthers -c release --in node,chromium
  else
    failed=$((failed + 1))
    echo "== swift-async-algorithms: see above" >>"$failures_seen"
  fi
  # C and C++ as it exists; the script says how to get it where it is missing.
  if scripts/debian-libraries.sh; then
    programs "Debian's C libraries, release" DebianLibraries -c release --in node,chromium
    programs "Debian's C libraries, debug" DebianLibraries -c debug --in node
  else
    failed=$((failed + 1))
    echo "== Debian's C libraries: their sources are missing, see above" >>"$failures_seen"
  fi
  # All kinds of work at once; by hand for minutes.
  if "$webble" run Tests/Soak -c release --in node --timeout 120 -- 5; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "== Tests/Soak: see above" >>"$failures_seen"
  fi
  programs "JavaScript without isolation" JavaScript -c release --in chromium --no-isolation
  programs "Concurrency, a randomised schedule" Concurrency -c release --in node --schedule-seed 1
  counted "Benchmarks, a little of each" "$webble" bench --smoke --in node
else
  failed=$((failed + 1))
fi

if [ -s "$failures_seen" ]; then
  echo "== What failed"
  cat "$failures_seen"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
