import Webble

/// What a key does.
public enum KeyEvent: Sendable {
  /// Notes as MIDI has them: 69 is 440 Hz.
  case down(Int), up(Int)
  case arpeggio(Bool)
  case set(Sound)
}

/// What the sliders say, each from 0 to 1.
public struct Sound: Equatable, Sendable {
  public var brightness: Float, release: Float, echo: Float

  public init(brightness: Float = 0.4, release: Float = 0.4, echo: Float = 0.3) {
    (self.brightness, self.release, self.echo) = (brightness, release, echo)
  }
}

/// A synthesiser with a voice for each key that is down or fades away.
public struct Synthesizer {
  private let rate: Float
  private var sound = Sound()
  private var voices: [Voice] = []
  private var echoes: [Float]
  private var echoIndex = 0
  /// Of the arpeggio: samples that it has played; nil if it is off.
  private var played: Int?

  /// - Parameter rate: samples a second.
  public init(rate: Double) {
    self.rate = Float(rate)
    echoes = Array(repeating: 0, count: max(1, Int(rate * 0.33)))
  }

  public mutating func handle(_ event: KeyEvent) {
    switch event {
    case .down(let note):
      // The seventeenth takes the place of the oldest.
      if voices.count == 16 { voices.removeFirst() }
      voices.append(Voice(note: note, rate: rate))
    case .up(let note):
      for index in voices.indices where voices[index].note == note { voices[index].isDown = false }
    case .arpeggio(let isOn): played = isOn ? 0 : nil
    case .set(let new): sound = new
    }
  }

  /// The next samples, from -1 to 1.
  public mutating func fill(_ samples: inout [Float]) {
    for index in samples.indices {
      if let played { arpeggiate(played) }
      var sum: Float = 0
      for voice in voices.indices { sum += voices[voice].next(sound, rate) }
      let echo = echoes[echoIndex]
      echoes[echoIndex] = sum * 0.6 + echo * 0.5
      echoIndex = (echoIndex + 1) % echoes.count
      let mixed = (sum + echo * sound.echo) * 0.25
      // Too many voices are bent, not cut.
      samples[index] = mixed / (1 + abs(mixed))
    }
    voices.removeAll { $0.hasEnded }
  }

  private mutating func arpeggiate(_ sample: Int) {
    played = sample + 1
    let step = Int(rate * 0.16)
    guard sample % step == 0 else { return }
    let chords = [[57, 64, 69, 72], [53, 60, 65, 69], [48, 55, 64, 67], [55, 62, 67, 71]]
    let number = sample / step
    let chord = chords[number / 16 % chords.count]
    for index in voices.indices { voices[index].isDown = false }
    handle(.down(chord[[0, 1, 2, 3, 2, 1, 2, 3][number % 8]] + (number % 8 == 7 ? 12 : 0)))
  }
}

/// Two saws, a little out of tune, through a filter that closes.
private struct Voice {
  let note: Int
  var isDown = true
  private var saws: (Saw, Saw)
  private var loudness: Float = 0
  private var isRising = true
  private var low: Float = 0, band: Float = 0

  init(note: Int, rate: Float) {
    self.note = note
    let frequency = 440 * exp2(Float(note - 69) / 12)
    saws = (Saw(step: frequency / rate), Saw(step: frequency * 1.004 / rate))
  }

  var hasEnded: Bool { !isDown && loudness < 0.0005 }

  mutating func next(_ sound: Sound, _ rate: Float) -> Float {
    if isRising && isDown {
      loudness += 1 / (0.006 * rate)
      if loudness >= 1 { (loudness, isRising) = (1, false) }
    } else {
      // Seconds in which it falls to a third: slowly while the key is down.
      loudness -= loudness / ((isDown ? 1.5 : 0.03 + sound.release) * rate)
    }
    let input = (saws.0.next() + saws.1.next()) * 0.5
    // A filter of state variables, by Chamberlin: stable below a sixth of the rate.
    let cutoff = min(200 + 7000 * sound.brightness * loudness, rate / 7)
    let f = 2 * sin(Float.pi * cutoff / rate)
    low += f * band
    band += f * (input - low - 0.9 * band)
    return low * loudness
  }
}

private struct Saw {
  let step: Float
  var phase: Float = 0

  mutating func next() -> Float {
    phase += step
    if phase >= 1 { phase -= 1 }
    // The jump is rounded off, so that it has no tones that are none: PolyBLEP, by Välimäki.
    var value = 2 * phase - 1
    if phase < step {
      let x = phase / step
      value -= 2 * x - x * x - 1
    } else if phase > 1 - step {
      let x = (phase - 1) / step
      value -= x * x + 2 * x + 1
    }
    return value
  }
}
