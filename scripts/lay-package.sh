# Read by the scripts that lay another's package into a folder, changed so that the Embedded Swift of 6.3 compiles it.

# begin OWNER/NAME VERSION FOLDER: puts the package into the folder $laid. Ends the script if FOLDER has it already.
begin() {
  version=$2
  folder=$3
  [ ! -e "$folder/.webble-$version" ] || exit 0
  if [ -e "$folder" ]; then
    echo "$folder exists and is not $1 $version as this script lays it; remove it first." >&2
    exit 1
  fi
  # Aside until it is whole.
  laid=$folder.new
  rm -rf "$laid"
  git -c advice.detachedHead=false clone --quiet --branch "$version" "https://github.com/$1" "$laid"
  rm -rf "$laid/.git"
}

# change FILE RULES: by sed.
change() {
  sed "$2" "$1" >"$1.changed"
  mv "$1.changed" "$1"
}

# end: the folder is whole.
end() {
  touch "$laid/.webble-$version"
  mv "$laid" "$folder"
}
