#if !arch(wasm32)
// A native program has no JavaScript. Its types are there, so that what mentions them compiles, and each
// use stops: objects never come to exist, since each begins with the current thread's side.

import NativeScheduler

private func noJavaScript() -> Never {
  fatalError(
    "JavaScript was used in a native program, which has none. Run the program with `webble run --in` an "
      + "engine, or ask `JavaScriptEnvironment.isAvailable` before.")
}

func currentThread() -> JavaScriptThreadPointer { noJavaScript() }

extension JavaScriptThreadPointer {
  var isCurrent: Bool { noJavaScript() }
  var workerInTurn: WorkerPointer { noJavaScript() }
  func release(_ index: Int32) { noJavaScript() }
  func takeReleases() { noJavaScript() }

  @discardableResult
  func start<Success>(
    at home: WorkerPointer? = nil, _ operation: consuming sending @escaping () async -> Success
  ) -> ThreadTask<Success> { noJavaScript() }
}

struct ThreadTask<Success> {
  var value: Success { get async { noJavaScript() } }
}

// As in Web/Imports.swift.

typealias Address = UnsafeRawPointer

func jsAttach(_ scratch: Address, _ isDebug: Int32) { noJavaScript() }
func jsLeave() { noJavaScript() }
func jsRelease(_ index: Int32) { noJavaScript() }
func jsGet(_ object: Int32, _ name: Address) -> Double { noJavaScript() }
func jsGetNamed(_ object: Int32, _ name: Address?, _ length: Int) -> Double { noJavaScript() }
func jsGetIndexed(_ object: Int32, _ index: Int) -> Double { noJavaScript() }
func jsGetKeyed(_ object: Int32, _ key: Int32) -> Double { noJavaScript() }
func jsSet(_ object: Int32, _ name: Address, _ slot: Address) -> Double { noJavaScript() }
func jsSetNumber(_ object: Int32, _ name: Address, _ value: Double) -> Int32 { noJavaScript() }
func jsSetNamed(_ object: Int32, _ name: Address?, _ length: Int, _ slot: Address) -> Double {
  noJavaScript()
}
func jsSetIndexed(_ object: Int32, _ index: Int, _ slot: Address) -> Double { noJavaScript() }
func jsSetKeyed(_ object: Int32, _ key: Int32, _ slot: Address) -> Double { noJavaScript() }
func jsCall(_ callee: Int32, _ this: Int32, _ slots: Address, _ count: Int) -> Double {
  noJavaScript()
}
func jsCallMethod(_ this: Int32, _ name: Address, _ slots: Address, _ count: Int) -> Double {
  noJavaScript()
}
func jsCallMethod1(_ this: Int32, _ name: Address, _ a: Double) -> Double { noJavaScript() }
func jsCallMethod2(_ this: Int32, _ name: Address, _ a: Double, _ b: Double) -> Double {
  noJavaScript()
}
func jsCallNamed(
  _ this: Int32, _ name: Address?, _ length: Int, _ slots: Address, _ count: Int
) -> Double { noJavaScript() }
func jsConstruct(_ callee: Int32, _ slots: Address, _ count: Int) -> Double { noJavaScript() }
func jsMakeObject() -> Int32 { noJavaScript() }
func jsEquals(_ one: Int32, _ other: Int32) -> Int32 { noJavaScript() }
func jsIsInstance(_ object: Int32, _ constructor: Int32) -> Int32 { noJavaScript() }
func jsDescribe(_ value: Int32) -> Double { noJavaScript() }
func jsDescribeError(_ error: Int32) { noJavaScript() }
func jsMakeString(_ text: Address?, _ length: Int) -> Int32 { noJavaScript() }
func jsEncodeText(_ string: Int32) -> Int { noJavaScript() }
func jsTakeText(_ to: UnsafeMutableRawPointer) { noJavaScript() }
func jsMakeSymbol(_ description: Address?, _ length: Int) -> Int32 { noJavaScript() }
func jsMakeBigInt(_ value: Int64, _ isSigned: Int32) -> Int32 { noJavaScript() }
func jsBigIntValue(_ bigInt: Int32) -> Int64 { noJavaScript() }
func jsBigIntFits(_ bigInt: Int32, _ isSigned: Int32) -> Int32 { noJavaScript() }
func jsMakeArray(_ slots: Address, _ count: Int) -> Int32 { noJavaScript() }
func jsMakeTypedArray(_ type: Int32, _ elements: Address?, _ count: Int, _ isView: Int32) -> Int32 {
  noJavaScript()
}
func jsTypedArrayType(_ array: Int32) -> Int32 { noJavaScript() }
func jsElementCount(_ buffer: Int32, _ stride: Int) -> Int { noJavaScript() }
func jsCopyOut(_ buffer: Int32, _ offset: Double, _ to: UnsafeMutableRawPointer?, _ count: Int) {
  noJavaScript()
}
func jsCopyIn(_ buffer: Int32, _ offset: Double, _ from: Address?, _ count: Int) { noJavaScript() }
func jsMakeClosure(_ box: UnsafeMutableRawPointer, _ origin: Address?, _ length: Int) -> Int32 {
  noJavaScript()
}
func jsHandBack(_ slot: Address, _ isThrown: Int32) { noJavaScript() }
func jsReleaseClosure(_ box: UnsafeMutableRawPointer) -> Int32 { noJavaScript() }
func jsThen(_ promise: Int32, _ task: UnsafeMutableRawPointer) { noJavaScript() }
func jsExpect(_ promise: Int32) { noJavaScript() }
func jsMakePromise() { noJavaScript() }
func jsMakeAsyncIterator(_ next: Int32, _ stop: Int32) -> Int32 { noJavaScript() }
func jsSend(
  _ object: Int32, _ task: UnsafeMutableRawPointer, _ worker: UnsafeMutableRawPointer?, _ transfer: Int32
) -> Double { noJavaScript() }
func jsExport(
  _ name: Address?, _ length: Int, _ type: Address?, _ typeLength: Int, _ function: Int32
) { noJavaScript() }
func jsResolve(_ url: Address?, _ length: Int) -> Double { noJavaScript() }
func jsRandom(_ to: UnsafeMutableRawPointer?, _ count: Int) { noJavaScript() }
#endif
