#if arch(wasm32)
// What Glue/webble-javascript.js gives. Objects, functions and keys are indices into the thread's
// table; texts are UTF-8. What returns a value returns a number as itself and NaN for anything
// else, which is then in the result slot; so do functions without a value that may throw, which
// return 0 otherwise.

typealias Address = UnsafeRawPointer

/// Tells the glue where values cross, and whether it is to look for leaks.
@_extern(wasm, module: "javascript", name: "attach")
func jsAttach(_ scratch: Address, _ isDebug: Int32)
/// Has `webble_javascript_forget` called for every closure that may still be called: the thread
/// ends.
@_extern(wasm, module: "javascript", name: "leave")
func jsLeave()
@_extern(wasm, module: "javascript", name: "release")
func jsRelease(_ index: Int32)

@_extern(wasm, module: "javascript", name: "get")
func jsGet(_ object: Int32, _ name: Address, _ length: Int) -> Double
@_extern(wasm, module: "javascript", name: "getNamed")
func jsGetNamed(_ object: Int32, _ name: Address?, _ length: Int) -> Double
@_extern(wasm, module: "javascript", name: "getIndexed")
func jsGetIndexed(_ object: Int32, _ index: Int) -> Double
@_extern(wasm, module: "javascript", name: "getKeyed")
func jsGetKeyed(_ object: Int32, _ key: Int32) -> Double

@_extern(wasm, module: "javascript", name: "set")
func jsSet(_ object: Int32, _ name: Address, _ length: Int, _ slot: Address) -> Double
@_extern(wasm, module: "javascript", name: "setNamed")
func jsSetNamed(_ object: Int32, _ name: Address?, _ length: Int, _ slot: Address) -> Double
@_extern(wasm, module: "javascript", name: "setIndexed")
func jsSetIndexed(_ object: Int32, _ index: Int, _ slot: Address) -> Double
@_extern(wasm, module: "javascript", name: "setKeyed")
func jsSetKeyed(_ object: Int32, _ key: Int32, _ slot: Address) -> Double

@_extern(wasm, module: "javascript", name: "call")
func jsCall(_ callee: Int32, _ this: Int32, _ slots: Address, _ count: Int) -> Double
@_extern(wasm, module: "javascript", name: "callMethod")
func jsCallMethod(
  _ this: Int32, _ name: Address, _ length: Int, _ slots: Address, _ count: Int
) -> Double
@_extern(wasm, module: "javascript", name: "callNamed")
func jsCallNamed(
  _ this: Int32, _ name: Address?, _ length: Int, _ slots: Address, _ count: Int
) -> Double
@_extern(wasm, module: "javascript", name: "construct")
func jsConstruct(_ callee: Int32, _ slots: Address, _ count: Int) -> Double

@_extern(wasm, module: "javascript", name: "makeObject")
func jsMakeObject() -> Int32
@_extern(wasm, module: "javascript", name: "equals")
func jsEquals(_ one: Int32, _ other: Int32) -> Int32
@_extern(wasm, module: "javascript", name: "isInstance")
func jsIsInstance(_ object: Int32, _ constructor: Int32) -> Int32
/// `String(value)`.
@_extern(wasm, module: "javascript", name: "describe")
func jsDescribe(_ value: Int32) -> Double
/// Leaves an error's name, message and stack in the slots behind the result's.
@_extern(wasm, module: "javascript", name: "describeError")
func jsDescribeError(_ error: Int32)

@_extern(wasm, module: "javascript", name: "makeString")
func jsMakeString(_ text: Address?, _ length: Int) -> Int32
/// The UTF-8 length of a string, which `jsTakeText` is then to copy.
@_extern(wasm, module: "javascript", name: "encodeText")
func jsEncodeText(_ string: Int32) -> Int
@_extern(wasm, module: "javascript", name: "takeText")
func jsTakeText(_ to: UnsafeMutableRawPointer)

@_extern(wasm, module: "javascript", name: "makeSymbol")
func jsMakeSymbol(_ description: Address?, _ length: Int) -> Int32
@_extern(wasm, module: "javascript", name: "makeBigInt")
func jsMakeBigInt(_ value: Int64, _ isSigned: Int32) -> Int32
@_extern(wasm, module: "javascript", name: "bigIntValue")
func jsBigIntValue(_ bigInt: Int32) -> Int64
@_extern(wasm, module: "javascript", name: "bigIntFits")
func jsBigIntFits(_ bigInt: Int32, _ isSigned: Int32) -> Int32

@_extern(wasm, module: "javascript", name: "makeArray")
func jsMakeArray(_ slots: Address, _ count: Int) -> Int32
@_extern(wasm, module: "javascript", name: "makeTypedArray")
func jsMakeTypedArray(_ type: Int32, _ elements: Address?, _ count: Int, _ isView: Int32) -> Int32
/// The element type of a typed array, or -1.
@_extern(wasm, module: "javascript", name: "typedArrayType")
func jsTypedArrayType(_ array: Int32) -> Int32
@_extern(wasm, module: "javascript", name: "byteLength")
func jsByteLength(_ buffer: Int32) -> Int
@_extern(wasm, module: "javascript", name: "copyOut")
func jsCopyOut(_ buffer: Int32, _ offset: Int, _ to: UnsafeMutableRawPointer?, _ count: Int)
@_extern(wasm, module: "javascript", name: "copyIn")
func jsCopyIn(_ buffer: Int32, _ offset: Int, _ from: Address?, _ count: Int)

@_extern(wasm, module: "javascript", name: "makeClosure")
func jsMakeClosure(_ box: UnsafeMutableRawPointer, _ origin: Address?, _ length: Int) -> Int32
/// Gives the glue what a closure returns or throws.
@_extern(wasm, module: "javascript", name: "handBack")
func jsHandBack(_ slot: Address, _ isThrown: Int32)
/// Returns whether the closure was alive until now.
@_extern(wasm, module: "javascript", name: "releaseClosure")
func jsReleaseClosure(_ box: UnsafeMutableRawPointer) -> Int32
/// Has `webble_javascript_settle` called with `task` when the promise has an outcome.
@_extern(wasm, module: "javascript", name: "then")
func jsThen(_ promise: Int32, _ task: UnsafeMutableRawPointer)
/// Keeps a rejection from being reported as one that nobody handles: somebody is about to.
@_extern(wasm, module: "javascript", name: "expect")
func jsExpect(_ promise: Int32)
/// Leaves a promise and its two resolving functions in the slots behind the result's.
@_extern(wasm, module: "javascript", name: "makePromise")
func jsMakePromise()
/// Has `webble_javascript_settle` called with `task` and the object's copy on the thread of
/// `worker`, which is null for the main thread. What is in the array `transfer` moves there.
@_extern(wasm, module: "javascript", name: "send")
func jsSend(
  _ object: Int32, _ task: UnsafeMutableRawPointer, _ worker: UnsafeMutableRawPointer?,
  _ transfer: Int32
) -> Double
/// Gives the page a function, with its type in TypeScript. On the main thread.
@_extern(wasm, module: "javascript", name: "export")
func jsExport(
  _ name: Address?, _ length: Int, _ type: Address?, _ typeLength: Int, _ function: Int32)
/// A URL relative to the page, in full.
@_extern(wasm, module: "javascript", name: "resolve")
func jsResolve(_ url: Address?, _ length: Int) -> Double
@_extern(wasm, module: "javascript", name: "random")
func jsRandom(_ to: UnsafeMutableRawPointer?, _ count: Int)
#endif
