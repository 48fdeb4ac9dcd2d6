#!/bin/sh
# Lays BigInt into a folder, changed so that Embedded Swift compiles it: casts from a number's type to itself become
# conversions, and what is Codable, or shown in playgrounds, is so natively only. Natively the result is upstream's.
# Usage: bigint.sh FOLDER
set -eu
. "$(dirname "$0")/lay-package.sh"

begin attaswift/BigInt 6.0.1 "${1:?usage: $0 FOLDER}"
sources=$laid/Sources

change "$sources/Division.swift" '
s/(\([a-z0-9.]*\) as! \(Self\|Magnitude\))/\2(truncatingIfNeeded: \1)/g
'
change "$sources/Codable.swift" '
/^extension BigInt: Codable {/i\
#if !hasFeature(Embedded)
$a\
#endif
'
change "$sources/String Conversion.swift" '
/^extension BigUInt: CustomPlaygroundDisplayConvertible {/i\
#if !hasFeature(Embedded)
$a\
#endif
'
end
