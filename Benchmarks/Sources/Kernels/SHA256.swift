import Measuring
import Webble

/// The SHA-256 digests (FIPS 180-4) of 64 messages of 1 MiB each.
struct SHA256: Kernel {
  private let messageCount = amount(64, tiny: 3)
  private let messageSize = amount(1 << 20, tiny: 128)
  private let messages: Memory<UInt8>
  private let digests: Memory<UInt32>

  init() {
    messages = Memory(messageCount * messageSize, 0)
    digests = Memory(messageCount * 8, 0)
    var random = RandomNumbers()
    for index in messages.elements.indices {
      messages.elements[index] = UInt8(truncatingIfNeeded: random.next() >> 8)
    }
  }

  func run() {
    for message in 0..<messageCount { digest(message) }
  }

  func run(on pool: ThreadPool) async {
    await pool.forEach(0..<messageCount) { digest($0) }
  }

  private func digest(_ message: Int) {
    let bytes = messages.elements.baseAddress! + message * messageSize
    let state = digests.elements.baseAddress! + message * 8
    state.initialize(to: 0x6a09_e667)
    (state + 1).initialize(to: 0xbb67_ae85)
    (state + 2).initialize(to: 0x3c6e_f372)
    (state + 3).initialize(to: 0xa54f_f53a)
    (state + 4).initialize(to: 0x510e_527f)
    (state + 5).initialize(to: 0x9b05_688c)
    (state + 6).initialize(to: 0x1f83_d9ab)
    (state + 7).initialize(to: 0x5be0_cd19)
    for block in 0..<messageSize / 64 { compress(bytes + block * 64, into: state) }
    // The messages are whole blocks: what follows them is a block of its own.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { end in
      end.initialize(repeating: 0)
      end[0] = 0x80
      let bits = UInt64(messageSize) * 8
      for byte in 0..<8 { end[63 - byte] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(byte))) }
      compress(end.baseAddress!, into: state)
    }
  }

  private func compress(_ block: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt32>) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      for index in 0..<16 {
        let bytes = block + index &* 4
        words[index] =
          UInt32(bytes[0]) << 24 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 8 | UInt32(bytes[3])
      }
      for index in 16..<64 {
        let (before, last) = (words[index &- 15], words[index &- 2])
        let s0 = rotated(before, 7) ^ rotated(before, 18) ^ (before >> 3)
        let s1 = rotated(last, 17) ^ rotated(last, 19) ^ (last >> 10)
        words[index] = words[index &- 16] &+ s0 &+ words[index &- 7] &+ s1
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      roundConstants.span.withUnsafeBufferPointer { constants in
        for index in 0..<64 {
          let s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
          let first = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ words[index]
          let s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
          let second = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
          (h, g, f, e) = (g, f, e, d &+ first)
          (d, c, b, a) = (c, b, a, first &+ second)
        }
      }
      state[0] &+= a
      state[1] &+= b
      state[2] &+= c
      state[3] &+= d
      state[4] &+= e
      state[5] &+= f
      state[6] &+= g
      state[7] &+= h
    }
  }

  var checksum: UInt32 {
    var sum = Checksum()
    for word in digests.elements { sum.add(word) }
    return sum.value
  }
}

@inline(__always) private func rotated(_ word: UInt32, _ places: UInt32) -> UInt32 {
  word &>> places | word &<< (32 &- places)
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: InlineArray<64, UInt32> = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5,
  0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
  0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
  0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
  0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
  0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3,
  0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5,
  0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
  0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
