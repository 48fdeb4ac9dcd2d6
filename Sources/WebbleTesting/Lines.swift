#if arch(wasm32)
/// Lines are written at once there.
func writeLinesAtOnce() {}
#else
#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// Lets what is printed be there line by line, also in a file, and after a crash.
func writeLinesAtOnce() { setvbuf(stdout, nil, _IOLBF, 0) }
#endif
