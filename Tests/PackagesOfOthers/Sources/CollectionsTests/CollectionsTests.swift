import BitCollections
import DequeModule
import HashTreeCollections
import HeapModule
import OrderedCollections
import Webble
import WebbleTesting

@main struct CollectionsTests {
  @MainActor static func main() async {
    await runTests {
      test("Deque grows at both ends") {
        let pool = try! ThreadPool(workerCount: 2)
        let handle = pool.spawn {
          var deque: Deque<Int> = [0]
          for number in 1...1000 {
            deque.append(number)
            deque.prepend(-number)
          }
          return deque
        }
        let deque = await handle.value
        expect(deque.elementsEqual(-1000...1000))
        await pool.shutdown()
      }

      test("a TreeDictionary made by one worker is changed by another, and stays") {
        let pool = try! ThreadPool(workerCount: 2)
        let first = await pool.spawn(on: 0) {
          var tree: TreeDictionary<String, Int> = [:]
          for number in 0..<2000 { tree["key \(number)"] = number }
          return tree
        }.value
        let second = await pool.spawn(on: 1) {
          var tree = first
          for number in 0..<2000 where number % 2 == 0 { tree["key \(number)"] = nil }
          return tree
        }.value
        expectEqual(first.count, 2000)
        expectEqual(second.count, 1000)
        expect(second["key 7"] == 7 && second["key 8"] == nil && first["key 8"] == 8)
        await pool.shutdown()
      }

      test("ordered, sorted and bits") {
        var ordered: OrderedDictionary<String, Int> = ["b": 2, "a": 1]
        ordered["c"] = 3
        expect(ordered.keys.elementsEqual(["b", "a", "c"]))
        expectEqual(OrderedSet([3, 1, 3, 2]).count, 3)
        var heap = Heap([5, 1, 4, 2, 3])
        expect(heap.popMin() == 1 && heap.popMax() == 5 && heap.count == 3)
        var bits = BitSet()
        bits.insert(77)
        expect(bits.contains(77) && !bits.contains(76))
        expectEqual((TreeSet([1, 2]).union([2, 3])).count, 3)
      }
    }
  }
}
