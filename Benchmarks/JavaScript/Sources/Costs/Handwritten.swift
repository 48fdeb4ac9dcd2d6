/// What handwritten.js gives: imports made for exactly this program, as somebody would write them
/// who has measured. `object` is an index into a table, like a JSObject's. `@_extern(c)` spares each
/// call two more parameters, which Swift's own calling convention has.

@_extern(wasm, module: "handwritten", name: "getValue") @_extern(c)
func handGetValue(_ object: Int32) -> Double
@_extern(wasm, module: "handwritten", name: "setValue") @_extern(c)
func handSetValue(_ object: Int32, _ value: Double)
@_extern(wasm, module: "handwritten", name: "add") @_extern(c)
func handAdd(_ object: Int32, _ a: Double, _ b: Double) -> Double
@_extern(wasm, module: "handwritten", name: "setText") @_extern(c)
func handSetText(_ object: Int32, _ text: UnsafeRawPointer?, _ length: Int)
/// Returns the text's length.
@_extern(wasm, module: "handwritten", name: "getText") @_extern(c)
func handGetText(_ object: Int32, _ to: UnsafeMutableRawPointer, _ capacity: Int) -> Int
@_extern(wasm, module: "handwritten", name: "copyIn") @_extern(c)
func handCopyIn(_ object: Int32, _ from: UnsafeRawPointer?, _ count: Int)
@_extern(wasm, module: "handwritten", name: "copyOut") @_extern(c)
func handCopyOut(_ object: Int32, _ to: UnsafeMutableRawPointer?, _ count: Int)
/// Makes a function of a callback and calls it that often.
@_extern(wasm, module: "handwritten", name: "callMany") @_extern(c)
func handCallMany(_ callback: Int32, _ count: Int) -> Double
/// Dispatches that many events, for each of which `hand_event` is called, with its index in the
/// table.
@_extern(wasm, module: "handwritten", name: "dispatchMany") @_extern(c)
func handDispatchMany(_ count: Int)
/// Has `hand_settle` called when a promise that is fulfilled already has told its value.
@_extern(wasm, module: "handwritten", name: "wait") @_extern(c)
func handWait(_ continuation: UnsafeMutableRawPointer)

@_expose(wasm, "hand_callback")
@_cdecl("hand_callback")
func handCallback(_ callback: Int, _ number: Double) -> Double { handCallbacks[callback](number) }

nonisolated(unsafe) var handCallbacks: [(Double) -> Double] = []

nonisolated(unsafe) var handEvents = 0

@_expose(wasm, "hand_event")
@_cdecl("hand_event")
func handEvent(_ event: Int32) { handEvents += 1 }

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
