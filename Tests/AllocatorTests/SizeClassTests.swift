import Testing

@testable import WebbleAllocator

extension AllocatorTests {
  @Suite struct SizeClasses {
    @Test func everyRequestGetsTheSmallestClassThatHoldsIt() {
      for byteCount in 0...SizeClass.largestRequest {
        let index = SizeClass.index(for: byteCount)
        #expect(SizeClass.blockSize(index) >= byteCount)
        #expect(index == 0 || SizeClass.blockSize(index - 1) < byteCount)
      }
    }

    @Test func blocksFillTheSpan() {
      for index in 0..<SizeClass.count {
        let size = SizeClass.blockSize(index)
        let space = Span.pageSize - Span.firstBlockOffset(blockSize: size)
        #expect(size % 16 == 0)
        #expect(space / size * size * 16 >= Span.pageSize * 15 || size == 1024 * 5, "\(size)")
      }
      #expect(SizeClass.blockSize(SizeClass.count - 1) == SizeClass.largestRequest)
    }

    @Test func aMultipleOfItsAlignmentGetsAnAlignedBlock() {
      for shift in 4...12 as ClosedRange<UInt> {
        let alignment: UInt = 1 << shift
        for byteCount in stride(from: alignment, through: 7168, by: Int(alignment)) {
          let size = SizeClass.blockSize(SizeClass.index(for: byteCount))
          #expect(size % alignment == 0)
          #expect(Span.firstBlockOffset(blockSize: size) % alignment == 0)
        }
      }
    }

    @Test func noMoreThanAQuarterIsWastedBelowAThirdOfASpan() {
      for byteCount in 33...21760 as ClosedRange<UInt> {
        let size = SizeClass.blockSize(SizeClass.index(for: byteCount))
        #expect((size - byteCount) * 4 <= size || byteCount <= 64)
      }
    }
  }
}
