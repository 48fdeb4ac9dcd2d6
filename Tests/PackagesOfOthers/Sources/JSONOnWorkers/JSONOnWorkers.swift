import JSON
import JavaScript
import Webble
import WebbleTesting

struct City: JSONDecodable {
  var name: String
  var people: Int
  var height: Double?

  init(json: JSONValue) throws(JSONError) {
    name = try json.decode("name")
    people = try json.decode("people")
    height = try json.decode("height")
  }
}

/// What services send: objects with short strings, whole numbers and decimals.
func cities(_ count: Int) -> String {
  var text = "[\n"
  for index in 0..<count {
    if index > 0 { text += ",\n" }
    text += #"  {"name": "city \#(index)", "people": \#(index &* 7919), "height": \#(index).25, "#
    text += #""tags": ["a", "ü", "\n"], "capital": \#(index % 7 == 0), "mayor": null}"#
  }
  return text + "\n]"
}

@main struct JSONOnWorkers {
  @MainActor static func main() async {
    await runTests {
      test("what one worker has read, another decodes and writes") {
        let pool = try! ThreadPool(workerCount: 2)
        let value = await pool.spawn(on: 0) { try! JSONValue(parsing: cities(100)) }.value
        let text = await pool.spawn(on: 1) { value.text }.value
        let decoded = await pool.spawn(on: 1) { try! [City](json: value) }.value
        expectEqual(decoded.count, 100)
        expectEqual(decoded[7].name, "city 7")
        expectEqual(decoded[7].people, 7 * 7919)
        expectEqual(decoded[7].height, 7.25)
        expect(try! JSONValue(parsing: text) == value)
        await pool.shutdown()
      }

      test("values print as JSON") {
        let value: JSONValue = ["name": "Ada", "born": 1815]
        expectEqual("\(value)", #"{"name":"Ada","born":1815}"#)
        expectEqual("\(value["born"]) \(value["none"])", "Optional(1815) nil")
      }

      test("bad texts are errors on a worker, too") {
        let pool = try! ThreadPool(workerCount: 2)
        let message = await pool.spawn {
          do throws(JSONError) {
            _ = try JSONValue(parsing: "[1,\n 2 x]")
            return "none"
          } catch { return error.description }
        }.value
        expectEqual(message, "line 2, column 4: ',' or ']' was expected")
        let deep = await pool.spawn {
          (try? JSONValue(utf8: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))) == nil
        }.value
        expect(deep)
        let nested = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        let text = await pool.spawn { try! JSONValue(parsing: nested).text }.value
        expectEqual(text, nested)
        await pool.shutdown()
      }

      // Debug builds are for finding faults.
      #if !DEBUG
        test("ten megabytes are read at half the engine's speed at least", timeLimit: .seconds(60)) {
          let text = cities(80_000)
          let engine = JSObject.global.JSON.object!
          let engineText = text.jsValue
          /// The fastest of nine, in milliseconds; both by turns, so that a busy machine is as busy for both.
          var (ours, engines) = (Double.infinity, Double.infinity)
          for _ in 0..<9 {
            let start = JSPerformance.now()
            let count = try! JSONValue(parsing: text).array!.count
            let middle = JSPerformance.now()
            let length = engine.parse(engineText).object!.length
            let end = JSPerformance.now()
            expectEqual(count, 80_000)
            expectEqual(length.fromJSValue() ?? 0, 80_000)
            ours = min(ours, middle - start)
            engines = min(engines, end - middle)
          }
          print("ten megabytes: \(ours) ms, the engine's JSON.parse \(engines) ms")
          expect(ours <= 2 * engines, "took \(ours) ms, the engine \(engines) ms")
        }
      #endif

      test("numbers are exact") {
        expect(try! JSONValue(parsing: "18446744073709551615") == .number(.unsigned(.max)))
        expect(try! JSONValue(parsing: "-9223372036854775808") == .number(.integer(.min)))
        expect(try! JSONValue(parsing: "5e-324") == .number(.double(.leastNonzeroMagnitude)))
        let largest = try! JSONValue(parsing: "1.7976931348623157e308")
        expect(largest == .number(.double(.greatestFiniteMagnitude)))
        expect(try! JSONValue(parsing: "1e400") == .number(.digits("1e400")))
      }
    }
  }
}
