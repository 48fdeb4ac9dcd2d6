/// What handwritten.js gives: imports made for exactly this program, as somebody would write them
/// who has measured. `object` is an index into a table, like a JSObject's.

@_extern(wasm, module: "handwritten", name: "getValue")
func handGetValue(_ object: Int32) -> Double
@_extern(wasm, module: "handwritten", name: "add")
func handAdd(_ object: Int32, _ a: Double, _ b: Double) -> Double
@_extern(wasm, module: "handwritten", name: "setText")
func handSetText(_ object: Int32, _ text: UnsafeRawPointer?, _ length: Int)
/// Returns the text's length.
@_extern(wasm, module: "handwritten", name: "getText")
func handGetText(_ object: Int32, _ to: UnsafeMutableRawPointer, _ capacity: Int) -> Int
@_extern(wasm, module: "handwritten", name: "copyIn")
func handCopyIn(_ object: Int32, _ from: UnsafeRawPointer?, _ count: Int)
@_extern(wasm, module: "handwritten", name: "copyOut")
func handCopyOut(_ object: Int32, _ to: UnsafeMutableRawPointer?, _ count: Int)
/// Calls `hand_callback` that often.
@_extern(wasm, module: "handwritten", name: "callMany")
func handCallMany(_ count: Int) -> Double
/// Dispatches that many events, for each of which `hand_event` is called.
@_extern(wasm, module: "handwritten", name: "dispatchMany")
func handDispatchMany(_ count: Int)
/// Has `hand_settle` called when a promise that is fulfilled already has told its value.
@_extern(wasm, module: "handwritten", name: "wait")
func handWait(_ continuation: UnsafeMutableRawPointer)

@_expose(wasm, "hand_callback")
@_cdecl("hand_callback")
func handCallback(_ number: Double) -> Double { number + 1 }

nonisolated(unsafe) var handEvents = 0

@_expose(wasm, "hand_event")
@_cdecl("hand_event")
func handEvent() { handEvents += 1 }

/// A task that waits, for the glue's eyes.
final class HandWaiter {
  let continuation: UnsafeContinuation<Double, Never>
  init(_ continuation: UnsafeContinuation<Double, Never>) { self.continuation = continuation }
}

@_expose(wasm, "hand_settle")
@_cdecl("hand_settle")
func handSettle(_ waiter: UnsafeMutableRawPointer, _ value: Double) {
  Unmanaged<HandWaiter>.fromOpaque(waiter).takeRetainedValue().continuation.resume(returning: value)
}
