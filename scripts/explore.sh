#!/bin/bash
# What Documentation/Exploration.md has figures of: the programs of Tests/Exploration in Node. Each with a fault is looked
# for by chance and by PCT, and its schedule, made shorter, replayed; each without goes through many schedules.
# scripts/explore.sh [SCHEDULES OF WHAT IS MENDED, 10000] [REPLAYS, 100]. Prints a table; fails if a fault is not found, a
# replay differs, or a mended program fails.
set -euo pipefail
cd "$(dirname "$0")/.."
schedules=${1:-10000}
replays=${2:-100}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# explore FILE OPTION…: what the tool prints, which fails if a test does.
explore() {
  local file=$folder/$1
  shift
  .build/debug/webble test Tests/Exploration -c release --in node --budget 600 --timeout 3600 --steps 20000 --stall 5000 "$@" \
    >"$file" 2>>"$folder/errors" || true
}

# found FILE: of each test its name, the schedule that has failed, runs to make it shorter, choices that are left, and its file.
found() {
  awk -F '\t' -v OFS='\t' '
    / end in different answers, shortened in / { n = $0; sub(/.* and schedule /, "", n); r = $0; sub(/.*shortened in /, "", r) }
    /found by schedule / { n = $0; sub(/.*found by schedule /, "", n) }
    /shortened in / { r = $0; sub(/.*shortened in /, "", r) }
    /^ +step [0-9]+: / { steps++ }
    /again: webble test --replay / { file = $0; sub(/.*--replay /, "", file); sub(/ \(which.*/, "", file) }
    /^(not )?ok / {
      state = $0 ~ /^not/ ? "found" : "missed"
      name = $0; sub(/^(not )?ok [a-z]+: /, "", name); sub(/ \([^(]*$/, "", name); sub(/: the program trapped$/, "", name)
      print name, state, n + 0, r + 0, steps + 0, file
      n = r = steps = 0; file = "-"
    }' "$1"
}

failed=0
# By chance last: those are the schedules that stay.
for strategy in pct random; do
  explore $strategy --explore 20000 --strategy $strategy --filter "faulty: "
  found "$folder/$strategy" >"$folder/$strategy.found"
done
for strategy in random pct; do
  explore mended-$strategy --explore "$schedules" --strategy $strategy --filter "mended: "
  sed -n -E 's/^(not ok|ok) mended: (.*) \(([0-9]+) schedules(.*), ([0-9]+) ms\)$/\2\t\1\t\3\t\5/p' "$folder/mended-$strategy" \
    >"$folder/mended-$strategy.found"
done

echo "| Fault | found by schedule, by chance | by PCT | choices left, after runs | replayed the same | mended: schedules passed, by chance + by PCT |"
echo "|---|--:|--:|--:|--:|--:|"
while IFS=$'\t' read -r name state number runs choices file; do
  IFS=$'\t' read -r _ pct_state pct_number _ < <(grep -F "$name"$'\t' "$folder/pct.found")
  .build/debug/webble test Tests/Exploration -c release --in node --replay "$file" --times "$replays" >"$folder/replay" 2>&1 || true
  same=0
  if grep -q "the same $replays times" "$folder/replay"; then same=$replays; fi
  passes=()
  for strategy in random pct; do
    IFS=$'\t' read -r _ mended count _ < <(grep -F "$name"$'\t' "$folder/mended-$strategy.found") || mended=missing
    if [ "$mended" != ok ]; then count=failed; fi
    if [ "$count" != "$schedules" ]; then failed=1; fi
    passes+=("$count")
  done
  if [ "$state" != found ]; then number=$state failed=1; fi
  if [ "$pct_state" != found ]; then pct_number=$pct_state failed=1; fi
  if [ "$same" != "$replays" ]; then failed=1; fi
  echo "| $name | $number | $pct_number | $choices, $runs | $same of $replays | ${passes[0]} + ${passes[1]} |"
done <"$folder/random.found"
echo
echo "$(wc -l <"$folder/random.found") programs"
exit $failed
