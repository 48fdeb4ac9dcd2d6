// `import Webble` brings Swift Concurrency with it.
@_exported import _Concurrency
#if arch(wasm32)
// And mathematics: `sin`, `pow` and the like, of `Double` and `Float`.
@_exported import Mathematics
#endif
