import NIOCore

/// The file format BMP, which browsers show and which needs no compression.
enum Bitmap {
  /// - Parameter pixels: red, green, blue and alpha of each, row by row from the top.
  static func file(pixels: [UInt8], size: Int) -> ByteBuffer {
    let headLength = 14 + 40
    var file = ByteBuffer()
    file.reserveCapacity(headLength + pixels.count)
    file.writeString("BM")
    for word in [headLength + pixels.count, 0, headLength] { file.write(word) }
    // A negative height stands for rows from the top.
    for word in [40, size, -size] { file.write(word) }
    // One plane, of 32 bits a pixel.
    file.write(1 | 32 << 16)
    // No compression; the pixels' length; their number a metre; no palette.
    for word in [0, pixels.count, 2835, 2835, 0, 0] { file.write(word) }
    for pixel in stride(from: 0, to: pixels.count, by: 4) {
      file.writeBytes([pixels[pixel + 2], pixels[pixel + 1], pixels[pixel], 255])
    }
    return file
  }
}

extension ByteBuffer {
  fileprivate mutating func write(_ word: Int) {
    writeInteger(Int32(truncatingIfNeeded: word), endianness: .little)
  }
}
