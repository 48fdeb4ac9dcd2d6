#!/bin/bash
# Builds the documentation of the libraries, with the guides as articles, into .build/documentation, a
# folder for each. Fails if a link or a symbol's name leads nowhere.
set -eu
cd "$(dirname "$0")/.."
# The guides are articles, too.
articles=(Sources/Webble/Webble.docc/BetweenTasks.md Sources/JavaScript/JavaScript.docc/Guide.md)
trap 'rm -f "${articles[@]}"' EXIT
cp Documentation/BetweenTasks.md "${articles[0]}"
cp Documentation/JavaScript.md "${articles[1]}"
# Adds the plugin to the package, which nobody else needs.
export WEBBLE_DOCUMENTATION=1
folder=$PWD/.build/documentation
mkdir -p "$folder"
log=$folder/log
for library in Webble JavaScript WebbleTesting; do
  swift package --scratch-path .build/documentation-build --allow-writing-to-directory "$folder" \
    generate-documentation --target "$library" --output-path "$folder/$library" 2>&1 | tee "$log"
  # A parameter that needs no words has none; everything else that is said of the texts is a fault.
  if grep -E '^(warning|error):' "$log" | grep -v 'is missing documentation$'; then
    echo "the documentation of $library has faults" >&2
    exit 1
  fi
done
echo "The documentation is in $folder."
