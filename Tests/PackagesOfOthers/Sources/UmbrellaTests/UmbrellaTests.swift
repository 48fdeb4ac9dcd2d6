import Collections
import Webble
import WebbleTesting

/// `import Collections` alone: its types are those of modules that this file does not import, which the compiler
/// warns of in the Swift 5 mode.
@main struct UmbrellaTests {
  @MainActor static func main() async {
    await runTests {
      test("the types of Collections are made on two workers") {
        let pool = try! ThreadPool(workerCount: 2)
        let deque = pool.spawn(on: 0) { () -> Deque<Int> in
          var deque: Deque<Int> = [2, 3]
          deque.prepend(1)
          return deque
        }
        let tree = pool.spawn(on: 1) { TreeDictionary(uniqueKeysWithValues: [(1, "a"), (2, "b")]) }
        expect(await deque.value == [1, 2, 3])
        expectEqual(await tree.value[2] ?? "", "b")
        await pool.shutdown()
      }

      test("ordered, sorted and bits") {
        var ordered = OrderedSet([3, 1, 3])
        ordered.append(2)
        expectEqual(ordered.elements, [3, 1, 2])
        var heap = Heap([5, 1, 4])
        expectEqual(heap.popMax() ?? 0, 5)
        expectEqual(BitSet([1, 77]).count, 2)
      }
    }
  }
}
