#if arch(wasm32)
// What Glue/webble-javascript.js gives. Objects, functions and keys are indices into the thread's
// table; texts are UTF-8, and names that are literals end with a zero. What returns a value returns
// a number as itself and NaN for anything else, which is then in the result slot; so do functions
// without a value that may throw, which return 0 otherwise.
//
// `@_extern(c)` chooses C's calling convention: Swift's has two more parameters on WebAssembly,
// which each call would hand to JavaScript.

typealias Address = UnsafeRawPointer

/// Tells the glue where values cross, and whether it is to look for leaks.
@_extern(wasm, module: "javascript", name: "attach") @_extern(c)
func jsAttach(_ scratch: Address, _ isDebug: Int32)
/// Has `webble_javascript_forget` called for every closure that may still be called: the thread
/// ends.
@_extern(wasm, module: "javascript", name: "leave") @_extern(c)
func jsLeave()
@_extern(wasm, module: "javascript", name: "release") @_extern(c)
func jsRelease(_ index: Int32)

@_extern(wasm, module: "javascript", name: "get") @_extern(c)
func jsGet(_ object: Int32, _ name: Address) -> Double
@_extern(wasm, module: "javascript", name: "getNamed") @_extern(c)
func jsGetNamed(_ object: Int32, _ name: Address?, _ length: Int) -> Double
@_extern(wasm, module: "javascript", name: "getIndexed") @_extern(c)
func jsGetIndexed(_ object: Int32, _ index: Int) -> Double
@_extern(wasm, module: "javascript", name: "getKeyed") @_extern(c)
func jsGetKeyed(_ object: Int32, _ key: Int32) -> Double

@_extern(wasm, module: "javascript", name: "set") @_extern(c)
func jsSet(_ object: Int32, _ name: Address, _ slot: Address) -> Double
/// Returns whether it has thrown: an integer takes engines less time than a number.
@_extern(wasm, module: "javascript", name: "setNumber") @_extern(c)
func jsSetNumber(_ object: Int32, _ name: Address, _ value: Double) -> Int32
@_extern(wasm, module: "javascript", name: "setNamed") @_extern(c)
func jsSetNamed(_ object: Int32, _ name: Address?, _ length: Int, _ slot: Address) -> Double
@_extern(wasm, module: "javascript", name: "setIndexed") @_extern(c)
func jsSetIndexed(_ object: Int32, _ index: Int, _ slot: Address) -> Double
@_extern(wasm, module: "javascript", name: "setKeyed") @_extern(c)
func jsSetKeyed(_ object: Int32, _ key: Int32, _ slot: Address) -> Double

@_extern(wasm, module: "javascript", name: "call") @_extern(c)
func jsCall(_ callee: Int32, _ this: Int32, _ slots: Address, _ count: Int) -> Double
@_extern(wasm, module: "javascript", name: "callMethod") @_extern(c)
func jsCallMethod(_ this: Int32, _ name: Address, _ slots: Address, _ count: Int) -> Double
/// With a number, by itself.
@_extern(wasm, module: "javascript", name: "callMethod1") @_extern(c)
func jsCallMethod1(_ this: Int32, _ name: Address, _ a: Double) -> Double
/// With two numbers.
@_extern(wasm, module: "javascript", name: "callMethod2") @_extern(c)
func jsCallMethod2(_ this: Int32, _ name: Address, _ a: Double, _ b: Double) -> Double
@_extern(wasm, module: "javascript", name: "callNamed") @_extern(c)
func jsCallNamed(
  _ this: Int32, _ name: Address?, _ length: Int, _ slots: Address, _ count: Int
) -> Double
@_extern(wasm, module: "javascript", name: "construct") @_extern(c)
func jsConstruct(_ callee: Int32, _ slots: Address, _ count: Int) -> Double

@_extern(wasm, module: "javascript", name: "makeObject") @_extern(c)
func jsMakeObject() -> Int32
@_extern(wasm, module: "javascript", name: "equals") @_extern(c)
func jsEquals(_ one: Int32, _ other: Int32) -> Int32
@_extern(wasm, module: "javascript", name: "isInstance") @_extern(c)
func jsIsInstance(_ object: Int32, _ constructor: Int32) -> Int32
/// `String(value)`.
@_extern(wasm, module: "javascript", name: "describe") @_extern(c)
func jsDescribe(_ value: Int32) -> Double
/// Leaves an error's name, message and stack in the slots behind the result's.
@_extern(wasm, module: "javascript", name: "describeError") @_extern(c)
func jsDescribeError(_ error: Int32)

@_extern(wasm, module: "javascript", name: "makeString") @_extern(c)
func jsMakeString(_ text: Address?, _ length: Int) -> Int32
/// The UTF-8 length of a string, which `jsTakeText` is then to copy.
@_extern(wasm, module: "javascript", name: "encodeText") @_extern(c)
func jsEncodeText(_ string: Int32) -> Int
@_extern(wasm, module: "javascript", name: "takeText") @_extern(c)
func jsTakeText(_ to: UnsafeMutableRawPointer)

@_extern(wasm, module: "javascript", name: "makeSymbol") @_extern(c)
func jsMakeSymbol(_ description: Address?, _ length: Int) -> Int32
@_extern(wasm, module: "javascript", name: "makeBigInt") @_extern(c)
func jsMakeBigInt(_ value: Int64, _ isSigned: Int32) -> Int32
@_extern(wasm, module: "javascript", name: "bigIntValue") @_extern(c)
func jsBigIntValue(_ bigInt: Int32) -> Int64
@_extern(wasm, module: "javascript", name: "bigIntFits") @_extern(c)
func jsBigIntFits(_ bigInt: Int32, _ isSigned: Int32) -> Int32

@_extern(wasm, module: "javascript", name: "makeArray") @_extern(c)
func jsMakeArray(_ slots: Address, _ count: Int) -> Int32
@_extern(wasm, module: "javascript", name: "makeTypedArray") @_extern(c)
func jsMakeTypedArray(_ type: Int32, _ elements: Address?, _ count: Int, _ isView: Int32) -> Int32
/// The element type of a typed array, or -1.
@_extern(wasm, module: "javascript", name: "typedArrayType") @_extern(c)
func jsTypedArrayType(_ array: Int32) -> Int32
/// In elements of `stride` bytes; at most `Int.max`.
@_extern(wasm, module: "javascript", name: "elementCount") @_extern(c)
func jsElementCount(_ buffer: Int32, _ stride: Int) -> Int
@_extern(wasm, module: "javascript", name: "copyOut") @_extern(c)
func jsCopyOut(_ buffer: Int32, _ offset: Double, _ to: UnsafeMutableRawPointer?, _ count: Int)
@_extern(wasm, module: "javascript", name: "copyIn") @_extern(c)
func jsCopyIn(_ buffer: Int32, _ offset: Double, _ from: Address?, _ count: Int)

@_extern(wasm, module: "javascript", name: "makeClosure") @_extern(c)
func jsMakeClosure(_ box: UnsafeMutableRawPointer, _ origin: Address?, _ length: Int) -> Int32
/// Gives the glue what a closure returns or throws.
@_extern(wasm, module: "javascript", name: "handBack") @_extern(c)
func jsHandBack(_ slot: Address, _ isThrown: Int32)
/// Returns whether the closure was alive until now.
@_extern(wasm, module: "javascript", name: "releaseClosure") @_extern(c)
func jsReleaseClosure(_ box: UnsafeMutableRawPointer) -> Int32
/// Has `webble_javascript_settle` called with `task` when the promise has an outcome.
@_extern(wasm, module: "javascript", name: "then") @_extern(c)
func jsThen(_ promise: Int32, _ task: UnsafeMutableRawPointer)
/// Keeps a rejection from being reported as one that nobody handles: somebody is about to.
@_extern(wasm, module: "javascript", name: "expect") @_extern(c)
func jsExpect(_ promise: Int32)
/// Leaves a promise and its two resolving functions in the slots behind the result's.
@_extern(wasm, module: "javascript", name: "makePromise") @_extern(c)
func jsMakePromise()
/// An object that `for await` of JavaScript reads: by the function `next`, until it calls `stop`.
@_extern(wasm, module: "javascript", name: "makeAsyncIterator") @_extern(c)
func jsMakeAsyncIterator(_ next: Int32, _ stop: Int32) -> Int32
/// Has `webble_javascript_settle` called with `task` and the object's copy on the thread of
/// `worker`, which is null for the main thread. What is in the array `transfer` moves there.
@_extern(wasm, module: "javascript", name: "send") @_extern(c)
func jsSend(
  _ object: Int32, _ task: UnsafeMutableRawPointer, _ worker: UnsafeMutableRawPointer?,
  _ transfer: Int32
) -> Double
/// Gives the page a function, with its type in TypeScript. On the main thread.
@_extern(wasm, module: "javascript", name: "export") @_extern(c)
func jsExport(
  _ name: Address?, _ length: Int, _ type: Address?, _ typeLength: Int, _ function: Int32)
/// A URL relative to the page, in full.
@_extern(wasm, module: "javascript", name: "resolve") @_extern(c)
func jsResolve(_ url: Address?, _ length: Int) -> Double
@_extern(wasm, module: "javascript", name: "random") @_extern(c)
func jsRandom(_ to: UnsafeMutableRawPointer?, _ count: Int)
#endif
