import JavaScript
import WebbleTesting

@MainActor func bufferTests() {
  everywhere("typed arrays of every type", typedArrays)
  everywhere("copies of parts", partialCopies)
  everywhere("copies of large parts, and within one memory", largePartialCopies)
  everywhere("empty typed arrays", emptyArrays)
  everywhere("lengths above 2 GiB", largeLengths)
  everywhere("views of Swift's memory", views)
  everywhere("a copy of 16 MB while memory grows", largeCopy)
  everywhere("array buffers", buffers)
  everywhere("dates", dates)
}

private func check<Element: TypedArrayElement & Equatable>(_ elements: [Element], _ name: String) {
  let array = JSTypedArray(elements)
  expectEqual(array.jsObject.constructor.name.string ?? "", name)
  expectEqual(array.length, elements.count)
  expect(Array(array) == elements, name)
  expect(array[1] == elements[1], name)
  array[0] = elements[1]
  expect(array[0] == elements[1], name)
  expect((array.jsValue.fromJSValue() as JSTypedArray<Element>?) != nil)
  expect(JSTypedArray<Element>(JSArray().jsObject) == nil)
}

private func typedArrays() {
  check([Int8.min, .max], "Int8Array")
  check([UInt8.min, .max], "Uint8Array")
  check([Int16.min, .max], "Int16Array")
  check([UInt16.min, .max], "Uint16Array")
  check([Int32.min, .max], "Int32Array")
  check([Int.min, .max], "Int32Array")
  check([UInt32.min, .max], "Uint32Array")
  check([Float.leastNonzeroMagnitude, .infinity, -0.5], "Float32Array")
  check([Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.1], "Float64Array")
  check([Int64.min, .max], "BigInt64Array")
  check([UInt64.min, .max], "BigUint64Array")
  expect(JSTypedArray<Int8>(JSTypedArray<UInt8>([1]).jsObject) == nil)
  let clamped = JSTypedArray<UInt8>(clamped: [1, 2])
  expectEqual(clamped.jsObject.constructor.name.string ?? "", "Uint8ClampedArray")
  expect(JSTypedArray<UInt8>(clamped.jsObject) != nil)
}

private func partialCopies() {
  let whole = JSTypedArray<Int32>([0, 1, 2, 3, 4, 5])
  let part = JSTypedArray<Int32>(whole.jsObject.subarray(2, 5).object!)!
  expect(Array(part) == [2, 3, 4])
  part.copy([7, 8], at: 1)
  expect(Array(whole) == [0, 1, 2, 7, 8, 5])
  var few: [Int32] = [0, 0]
  let count = few.withUnsafeMutableBufferPointer { part.copy(from: 2, to: $0) }
  expectEqual(count, 1)
  expect(few == [8, 0])
}

private func largePartialCopies() {
  let elements = (0..<20_000).map { UInt16($0) }
  let array = JSTypedArray<UInt16>(length: 20_004)
  array.copy(elements, at: 3)
  expect(Array(array) == [0, 0, 0] + elements + [0])
  let memory = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: 20_001)
  defer { memory.deallocate() }
  memory.initialize(repeating: 7)
  let part = UnsafeMutableBufferPointer(rebasing: memory[1..<20_000])
  expectEqual(array.copy(from: 4, to: part), 19_999)
  expect(part.elementsEqual(elements[1...]))
  expect(memory[0] == 7 && memory[20_000] == 7)
  // The memory to itself, a place further: as `memmove` does.
  let view = JSTypedArray(viewing: memory)
  view.copy(UnsafeBufferPointer(rebasing: memory[..<20_000]), at: 1)
  expect(memory[1] == 7 && memory[2...].elementsEqual(elements[1...]))
}

private func emptyArrays() {
  expectEqual(JSTypedArray<Double>([]).length, 0)
  expect(Array(JSTypedArray<Double>(length: 0)).isEmpty)
  expect(Array(JSTypedArray<Double>(length: 2)) == [0, 0])
  // More than the unused end of the main thread's stack, with which the memory begins.
  expect(Array(JSTypedArray<UInt8>(length: 2_000_000)).allSatisfy { $0 == 0 })
  expect(JSArrayBuffer([]).bytes.isEmpty)
}

/// No engine need make so large a buffer: small ones say that they are.
private func largeLengths() {
  func saysThatItHas(_ byteLength: Double, _ object: JSObject) {
    let descriptor = JSObject()
    descriptor.value = .number(byteLength)
    descriptor.configurable = .boolean(true)
    _ = JSObject.global.Object.object!.defineProperty!(object, "byteLength", descriptor)
  }
  let array = JSTypedArray<Double>([1])
  saysThatItHas(17_179_869_176, array.jsObject)
  expectEqual(array.length, .max)
  saysThatItHas(2_400_000_000, array.jsObject)
  expectEqual(array.length, 300_000_000)
  let buffer = array.buffer
  saysThatItHas(3_221_225_472, buffer.jsObject)
  expectEqual(buffer.byteLength, .max)
}

private func views() {
  let memory = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 3)
  defer { memory.deallocate() }
  _ = memory.initialize(from: [1, 2, 3])
  let view = JSTypedArray(viewing: memory)
  view[1] = 20
  expectEqual(memory[1], 20)
  memory[2] = 30
  expectEqual(view[2], 30)
}

private func largeCopy() {
  let elements = (0..<2_000_000).map { Double($0) }
  let array = JSTypedArray(elements)
  // Memory that did not exist when the glue last looked.
  let block = UnsafeMutableBufferPointer<Double>.allocate(capacity: 4_000_000)
  defer { block.deallocate() }
  expectEqual(array.copy(to: block), 2_000_000)
  expect(block[..<2_000_000].elementsEqual(elements))
}

private func buffers() {
  let buffer = JSArrayBuffer([1, 2, 3])
  expectEqual(buffer.byteLength, 3)
  expect(buffer.bytes == [1, 2, 3])
  expect(JSArrayBuffer(JSObject()) == nil)
  expect(JSTypedArray<UInt8>([4, 5]).buffer.bytes == [4, 5])
}

private func dates() {
  let date = JSDate(millisecondsSinceEpoch: 0)
  expectEqual(date.toISOString() ?? "", "1970-01-01T00:00:00.000Z")
  expect(JSDate(millisecondsSinceEpoch: .nan).toISOString() == nil)
  expect(JSDate.now() > 1.7e12)
  expect((date.jsValue.fromJSValue() as JSDate?) != nil)
  expect(JSDate(JSObject()) == nil)
}
