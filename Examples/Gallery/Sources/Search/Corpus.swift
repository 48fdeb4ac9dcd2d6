import Webble

/// A note that somebody might have written.
public struct Document: Sendable {
  public var title, text: String
}

/// Notes that are made up: the same in each run, for each number.
public func document(_ number: Int) -> Document {
  var random = Random(state: UInt64(number) &* 0xD1B5_4A32_D192_ED03)
  let (person, town) = (name(&random), name(&random))
  let title = "\(random.pick(kinds)) from \(town)"
  let sentences = (0..<4).map { _ -> String in
    let first = "\(random.pick(adjectives)) \(random.pick(nouns))"
    let second = "\(random.pick(adjectives)) \(random.pick(nouns))"
    switch random.next(5) {
    case 0: return "\(person) \(random.pick(verbs)) the \(first) \(random.pick(places))."
    case 1: return "The \(first) \(random.pick(verbs)) a \(second) \(random.pick(places))."
    case 2: return "\(random.pick(places, capital: true)) \(name(&random)) \(random.pick(verbs)) the \(second)."
    case 3: return "Nobody in \(town) \(random.pick(verbs)) the \(first), or the \(random.pick(nouns))."
    default: return "\(person) and \(name(&random)) \(random.pick(verbs)) every \(second)."
    }
  }
  return Document(title: title, text: sentences.joined(separator: " "))
}

private func name(_ random: inout Random) -> String {
  let syllables = (0..<2 + random.next(2)).map { _ in random.pick(consonants) + random.pick(vowels) }
  let name = syllables.joined() + random.pick(endings)
  return name.prefix(1).uppercased() + name.dropFirst()
}

private struct Random {
  /// SplitMix64, by Steele, Lea and Flood.
  var state: UInt64

  mutating func next(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int(UInt32(truncatingIfNeeded: mixed >> 33) % UInt32(limit))
  }

  mutating func pick(_ words: [String], capital: Bool = false) -> String {
    let word = words[next(words.count)]
    return capital ? word.prefix(1).uppercased() + word.dropFirst() : word
  }
}

private func words(_ text: String) -> [String] { text.split(separator: " ").map { String($0) } }

private let consonants = words("b d f g h k l m n p r s t v w br dr fl gr kr sk st tr")
private let vowels = words("a e i o u ae ei ia oa")
private let endings = words("n r l m th ck ss na lo mir ston ford")
private let kinds = words("Letter Diary Report Postcard Memoir Telegram Notebook Almanac Ballad Recipe")
private let adjectives = words(
  """
  amber ancient bitter blue brave brittle broken calm careful crooked curious distant early empty faded famous \
  foreign forgotten frozen gentle golden green hidden hollow honest hungry idle inner iron jolly lazy little lonely loud \
  lucky mild modest narrow noble odd old painted pale patient plain polished proud quick quiet rare restless rough rusty \
  sacred salty scarlet secret shallow sharp silent silver simple sleepy slow small solemn stubborn sudden sunny tame tender \
  tiny tired upper vast velvet warm weary wild winter wooden young
  """)
private let nouns = words(
  """
  anchor apple arrow barrel basket bell bicycle boat book bottle bridge broom candle canvas carpet castle chair \
  chimney clock cloud coat compass cottage cradle crown curtain dancer door drum engine falcon feather ferry fiddle \
  flute forest fountain fox garden gate glove hammer harbour harp hat heron hill horse island jacket kettle key kitchen \
  ladder lake lamp lantern leaf lemon letter lighthouse lion map market mask meadow mill mirror mountain needle oar \
  orchard organ owl painter paper pearl pencil piano pigeon pillow pipe planet plough pocket rabbit raven ribbon ring \
  river road robin rope rose saddle sail saw shadow shepherd ship shore snow sparrow spoon stone storm sugar table tailor \
  teacher tower train trumpet tunnel umbrella valley village violin voyage wagon wall watch well whale wheel window
  """)
private let verbs = words(
  """
  admired borrowed bought built buried carried chased cleaned collected copied counted covered described drew \
  dropped envied feared filled followed forgot found gave heard hid invented kept led lifted lost loved measured mended \
  missed moved named needed opened painted praised promised pulled pushed raised remembered repaired returned saved sent \
  shook sold studied tasted touched traded tuned visited washed watched wished
  """)
private let places = [
  "across the river", "after the fair", "at dawn", "at the crossing", "before the rain", "behind the mill",
  "below the bridge", "beside the road", "by candlelight", "by the sea", "during the frost", "for a wager",
  "in the attic", "in the harbour", "in the long summer", "near the old well", "on the last train", "on the stairs",
  "over the hills", "under the oak", "with great care", "without a word",
]
