// One for each number of parameters, with and without a result: Embedded Swift lacks parameter packs.

extension JSExports {
  /// Registers an asynchronous function without parameters.
  public static func addAsync<R: JSExportable, Failure: JSExportableError>(
    _ name: String, documentation: String = "",
    _ body: @escaping () async throws(Failure) -> R
  ) {
    add(
      name, type: signature([], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { _ throws(JSError) in
        return Call(signals: []) { () async throws(JSError) in
          do throws(Failure) { return try await body().jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function without parameters; it has no result.
  public static func addAsync<Failure: JSExportableError>(
    _ name: String, documentation: String = "",
    _ body: @escaping () async throws(Failure) -> Void
  ) {
    addAsync(name, documentation: documentation) {
      () async throws(Failure) -> JSVoid in JSVoid(try await body())
    }
  }

  /// Registers an asynchronous function of one parameter, called `a` in the types.
  public static func addAsync<A: JSExportable, R: JSExportable, Failure: JSExportableError>(
    _ name: String, _ a: String = "a", documentation: String = "",
    _ body: @escaping (A) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    add(
      name, type: signature([a.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        return Call(signals: [aValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of one parameter, called `a` in the types; it has no
  /// result.
  public static func addAsync<A: JSExportable, Failure: JSExportableError>(
    _ name: String, _ a: String = "a", documentation: String = "",
    _ body: @escaping (A) async throws(Failure) -> Void
  ) {
    addAsync(name, a, documentation: documentation) {
      (a: A) async throws(Failure) -> JSVoid in JSVoid(try await body(a))
    }
  }

  /// Registers an asynchronous function of two parameters, called `a` and `b` in the types.
  public static func addAsync<
    A: JSExportable, B: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", documentation: String = "",
    _ body: @escaping (A, B) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    add(
      name, type: signature([a.declaration, b.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        return Call(signals: [aValue._abortSignal, bValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue, bValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of two parameters, called `a` and `b` in the types; it has
  /// no result.
  public static func addAsync<A: JSExportable, B: JSExportable, Failure: JSExportableError>(
    _ name: String, _ a: String = "a", _ b: String = "b", documentation: String = "",
    _ body: @escaping (A, B) async throws(Failure) -> Void
  ) {
    addAsync(name, a, b, documentation: documentation) {
      (a: A, b: B) async throws(Failure) -> JSVoid in JSVoid(try await body(a, b))
    }
  }

  /// Registers an asynchronous function of three parameters, called `a`, `b` and `c` in the types.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c",
    documentation: String = "",
    _ body: @escaping (A, B, C) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        return Call(signals: [aValue._abortSignal, bValue._abortSignal, cValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue, bValue, cValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of three parameters, called `a`, `b` and `c` in the types;
  /// it has no result.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c",
    documentation: String = "",
    _ body: @escaping (A, B, C) async throws(Failure) -> Void
  ) {
    addAsync(name, a, b, c, documentation: documentation) {
      (a: A, b: B, c: C) async throws(Failure) -> JSVoid in JSVoid(try await body(a, b, c))
    }
  }

  /// Registers an asynchronous function of four parameters, called `a`, `b`, `c` and `d` in the
  /// types.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, R: JSExportable,
    Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    documentation: String = "",
    _ body: @escaping (A, B, C, D) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        return Call(signals: [aValue._abortSignal, bValue._abortSignal, cValue._abortSignal, dValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue, bValue, cValue, dValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of four parameters, called `a`, `b`, `c` and `d` in the
  /// types; it has no result.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    documentation: String = "",
    _ body: @escaping (A, B, C, D) async throws(Failure) -> Void
  ) {
    addAsync(name, a, b, c, d, documentation: documentation) {
      (a: A, b: B, c: C, d: D) async throws(Failure) -> JSVoid in JSVoid(try await body(a, b, c, d))
    }
  }

  /// Registers an asynchronous function of five parameters, called `a`, `b`, `c`, `d` and `e` in
  /// the types.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", documentation: String = "",
    _ body: @escaping (A, B, C, D, E) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    let e = Parameter<E>(e, 4)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        return Call(signals: [aValue._abortSignal, bValue._abortSignal, cValue._abortSignal, dValue._abortSignal, eValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue, bValue, cValue, dValue, eValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of five parameters, called `a`, `b`, `c`, `d` and `e` in
  /// the types; it has no result.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", documentation: String = "",
    _ body: @escaping (A, B, C, D, E) async throws(Failure) -> Void
  ) {
    addAsync(name, a, b, c, d, e, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E) async throws(Failure) -> JSVoid in JSVoid(try await body(a, b, c, d, e))
    }
  }

  /// Registers an asynchronous function of six parameters, called `a`, `b`, `c`, `d`, `e` and `f`
  /// in the types.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    let e = Parameter<E>(e, 4)
    let f = Parameter<F>(f, 5)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration, f.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        let fValue = try f.value(in: arguments)
        return Call(signals: [aValue._abortSignal, bValue._abortSignal, cValue._abortSignal, dValue._abortSignal, eValue._abortSignal, fValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue, bValue, cValue, dValue, eValue, fValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of six parameters, called `a`, `b`, `c`, `d`, `e` and `f`
  /// in the types; it has no result.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F) async throws(Failure) -> Void
  ) {
    addAsync(name, a, b, c, d, e, f, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E, f: F) async throws(Failure) -> JSVoid in JSVoid(try await body(a, b, c, d, e, f))
    }
  }

  /// Registers an asynchronous function of seven parameters, called `a`, `b`, `c`, `d`, `e`, `f`
  /// and `g` in the types.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    let e = Parameter<E>(e, 4)
    let f = Parameter<F>(f, 5)
    let g = Parameter<G>(g, 6)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration, f.declaration, g.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        let fValue = try f.value(in: arguments)
        let gValue = try g.value(in: arguments)
        return Call(signals: [aValue._abortSignal, bValue._abortSignal, cValue._abortSignal, dValue._abortSignal, eValue._abortSignal, fValue._abortSignal, gValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue, bValue, cValue, dValue, eValue, fValue, gValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of seven parameters, called `a`, `b`, `c`, `d`, `e`, `f`
  /// and `g` in the types; it has no result.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G) async throws(Failure) -> Void
  ) {
    addAsync(name, a, b, c, d, e, f, g, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E, f: F, g: G) async throws(Failure) -> JSVoid in JSVoid(try await body(a, b, c, d, e, f, g))
    }
  }

  /// Registers an asynchronous function of eight parameters, called `a`, `b`, `c`, `d`, `e`, `f`,
  /// `g` and `h` in the types.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, H: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", _ h: String = "h",
    documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G, H) async throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    let e = Parameter<E>(e, 4)
    let f = Parameter<F>(f, 5)
    let g = Parameter<G>(g, 6)
    let h = Parameter<H>(h, 7)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration, f.declaration, g.declaration, h.declaration], "Promise<\(R.typeScriptType)>"), documentation: documentation,
      promising { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        let fValue = try f.value(in: arguments)
        let gValue = try g.value(in: arguments)
        let hValue = try h.value(in: arguments)
        return Call(signals: [aValue._abortSignal, bValue._abortSignal, cValue._abortSignal, dValue._abortSignal, eValue._abortSignal, fValue._abortSignal, gValue._abortSignal, hValue._abortSignal]) { () async throws(JSError) in
          do throws(Failure) { return try await body(aValue, bValue, cValue, dValue, eValue, fValue, gValue, hValue).jsValue } catch { throw error.jsError }
        }
      })
  }

  /// Registers an asynchronous function of eight parameters, called `a`, `b`, `c`, `d`, `e`, `f`,
  /// `g` and `h` in the types; it has no result.
  public static func addAsync<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, H: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", _ h: String = "h",
    documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G, H) async throws(Failure) -> Void
  ) {
    addAsync(name, a, b, c, d, e, f, g, h, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H) async throws(Failure) -> JSVoid in JSVoid(try await body(a, b, c, d, e, f, g, h))
    }
  }
}
