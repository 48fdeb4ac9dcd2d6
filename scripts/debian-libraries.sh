#!/bin/bash
# Fetches the C libraries that Tests/DebianLibraries is about, by `apt-get source`, and lays them where its
# manifest looks for them. Needs no root: apt keeps its lists in a folder of its own. Does nothing if they are
# there. Their files are not part of this repository.
set -eu
cd "$(dirname "$0")/../Tests/DebianLibraries/Sources"

if [ -e zlib/.whole ] && [ -e cJSON/.whole ] && [ -e yaml/.whole ] && [ -e tinyxml2/.whole ]; then exit 0; fi

give_up() {
  cat >&2 <<END
$1
Tests/DebianLibraries builds zlib, cJSON, libyaml and tinyxml2 from Debian's source packages. On Debian this script
fetches them with apt-get and dpkg-source (package dpkg-dev). Elsewhere unpack their sources into folders zlib, cjson,
libyaml and tinyxml2 of one folder, and say where that is: DEBIAN_SOURCES=FOLDER $0
END
  exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=${DEBIAN_SOURCES:-}
if [ -z "$sources" ]; then
  command -v apt-get >/dev/null && command -v dpkg-source >/dev/null \
    || give_up "There is no apt-get or no dpkg-source here."
  mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" "$work/got"
  # The machine's own places of Debian's binary packages have the sources, too.
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    [ -e "$list" ] && grep -q debian "$list" || continue
    sed -E 's/^Types:.*/Types: deb-src/; s/^deb(-src)? /deb-src /' "$list" >"$work/parts/$(basename "$list")"
  done
  options=(-qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=$(id -un)")
  apt-get "${options[@]}" update >&2 || true
  for package in zlib cjson libyaml tinyxml2; do
    (cd "$work/got" && apt-get "${options[@]}" source --download-only "$package" >&2) \
      || give_up "apt-get source $package failed."
    dpkg-source --no-check -x "$work"/got/"$package"_*.dsc "$work/got/$package" >/dev/null
  done
  sources=$work/got
fi

# lay NAME FOLDER HEADERS SOURCES: names of files in the folder; the headers become the target's own.
lay() {
  local name=$1 folder=$sources/$2 file
  rm -rf "$name"
  mkdir -p "$name/include"
  for file in $3; do cp "$folder/$file" "$name/include/"; done
  for file in $4; do cp "$folder/$file" "$name/"; done
  touch "$name/.whole"
}
lay zlib zlib "zlib.h zconf.h" "adler32.c compress.c crc32.c crc32.h deflate.c deflate.h gzguts.h infback.c
  inffast.c inffast.h inffixed.h inflate.c inflate.h inftrees.c inftrees.h trees.c trees.h uncompr.c zutil.c zutil.h"
lay cJSON cjson "cJSON.h cJSON_Utils.h" "cJSON.c cJSON_Utils.c"
lay yaml libyaml "include/yaml.h" "src/api.c src/dumper.c src/emitter.c src/loader.c src/parser.c src/reader.c
  src/scanner.c src/writer.c src/yaml_private.h"
lay tinyxml2 tinyxml2 "tinyxml2.h" "tinyxml2.cpp"
