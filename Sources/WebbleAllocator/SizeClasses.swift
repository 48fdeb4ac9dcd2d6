/// The block sizes that spans are cut into.
///
/// - Classes 0...7: 16, 32 … 128 bytes, one each 16 bytes.
/// - Classes 8...30: 160, 192, 224, 256, 320 … 7168, four to each power of two, so that at most a
///   fifth of a block is left over.
/// - Classes 31...36: as many bytes as let 7, 6, 5, 4, 3 or 2 blocks fill a span, rounded down to a
///   multiple of 64. Powers of two would leave up to a third of the span unused.
///
/// All classes up to 30 are multiples of their distance to the class below. Hence a request rounded
/// up to a multiple of its alignment gets a class that is itself a multiple of that alignment, and
/// aligned requests need no blocks of their own (see `Span.firstBlockOffset(blockSize:)`).
enum SizeClass {
  static var count: Int { 37 }

  /// The largest request, in bytes, served from a span; larger ones get pages of their own.
  static var largestRequest: UInt { 32704 }

  /// The class whose blocks are the smallest that hold `byteCount` bytes, at most `largestRequest`.
  @inline(never)
  static func index(for byteCount: UInt) -> Int {
    if byteCount <= 128 {
      return byteCount == 0 ? 0 : Int(bitPattern: (byteCount &- 1) &>> 4)
    }
    if byteCount <= 7168 {
      let last = byteCount &- 1
      let exponent = UInt.bitWidth &- 1 &- last.leadingZeroBitCount
      let quarter = Int(bitPattern: last &>> UInt(bitPattern: exponent &- 2)) & 3
      return 8 &+ (exponent &- 7) &* 4 &+ quarter
    }
    let blocksPerSpan = Span.payloadSize / ((byteCount &+ 63) & ~63)
    return 38 &- Int(bitPattern: blocksPerSpan > 7 ? 7 : blocksPerSpan)
  }

  /// The size in bytes of the blocks of a class.
  @inline(never)
  static func blockSize(_ index: Int) -> UInt {
    if index < 8 { return UInt(bitPattern: index &+ 1) &* 16 }
    if index < 31 {
      let step = UInt(bitPattern: index &- 8)
      return (5 &+ (step & 3)) &<< (5 &+ (step &>> 2))
    }
    return Span.payloadSize / UInt(bitPattern: 38 &- index) & ~63
  }
}
