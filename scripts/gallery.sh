#!/bin/bash
# gallery.sh FOLDER: builds the gallery into FOLDER, which any static host can serve as it is: a service worker sends
# the headers for isolation where the host does not.
set -eu
folder=$(realpath -m "$1")
cd "$(dirname "$0")/.."

swift build --product webble
webble=$(swift build --show-bin-path)/webble
rm -rf "$folder"
"$webble" build Examples/Gallery --product Gallery -c release --host github-pages -o "$folder"
"$webble" build Examples/PhotoEditor -c release --host github-pages -o "$folder/photo-editor"
# What the pages' links to their sources lead to.
cp -r Examples/Gallery/Sources "$folder/sources"
mkdir "$folder/sources/PhotoEditor"
cp Examples/PhotoEditor/Sources/*/*.swift "$folder/sources/PhotoEditor"
