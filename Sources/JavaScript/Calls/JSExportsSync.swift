// One for each number of parameters, with and without a result: Embedded Swift lacks parameter packs.

extension JSExports {
  /// Registers a function without parameters.
  public static func add<R: JSExportable, Failure: JSExportableError>(
    _ name: String, documentation: String = "",
    _ body: @escaping () throws(Failure) -> R
  ) {
    add(
      name, type: signature([], R.typeScriptType), documentation: documentation,
      JSClosure { _ throws(JSError) in
        do throws(Failure) { return try body().jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function without parameters; it has no result.
  public static func add<Failure: JSExportableError>(
    _ name: String, documentation: String = "",
    _ body: @escaping () throws(Failure) -> Void
  ) {
    add(name, documentation: documentation) {
      () throws(Failure) -> JSVoid in JSVoid(try body())
    }
  }

  /// Registers a function of one parameter, called `a` in the types.
  public static func add<A: JSExportable, R: JSExportable, Failure: JSExportableError>(
    _ name: String, _ a: String = "a", documentation: String = "",
    _ body: @escaping (A) throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    add(
      name, type: signature([a.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        do throws(Failure) { return try body(aValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of one parameter, called `a` in the types; it has no result.
  public static func add<A: JSExportable, Failure: JSExportableError>(
    _ name: String, _ a: String = "a", documentation: String = "",
    _ body: @escaping (A) throws(Failure) -> Void
  ) {
    add(name, a, documentation: documentation) {
      (a: A) throws(Failure) -> JSVoid in JSVoid(try body(a))
    }
  }

  /// Registers a function of two parameters, called `a` and `b` in the types.
  public static func add<
    A: JSExportable, B: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", documentation: String = "",
    _ body: @escaping (A, B) throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    add(
      name, type: signature([a.declaration, b.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        do throws(Failure) { return try body(aValue, bValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of two parameters, called `a` and `b` in the types; it has no result.
  public static func add<A: JSExportable, B: JSExportable, Failure: JSExportableError>(
    _ name: String, _ a: String = "a", _ b: String = "b", documentation: String = "",
    _ body: @escaping (A, B) throws(Failure) -> Void
  ) {
    add(name, a, b, documentation: documentation) {
      (a: A, b: B) throws(Failure) -> JSVoid in JSVoid(try body(a, b))
    }
  }

  /// Registers a function of three parameters, called `a`, `b` and `c` in the types.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c",
    documentation: String = "",
    _ body: @escaping (A, B, C) throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        do throws(Failure) { return try body(aValue, bValue, cValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of three parameters, called `a`, `b` and `c` in the types; it has no
  /// result.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c",
    documentation: String = "",
    _ body: @escaping (A, B, C) throws(Failure) -> Void
  ) {
    add(name, a, b, c, documentation: documentation) {
      (a: A, b: B, c: C) throws(Failure) -> JSVoid in JSVoid(try body(a, b, c))
    }
  }

  /// Registers a function of four parameters, called `a`, `b`, `c` and `d` in the types.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, R: JSExportable,
    Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    documentation: String = "",
    _ body: @escaping (A, B, C, D) throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        do throws(Failure) { return try body(aValue, bValue, cValue, dValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of four parameters, called `a`, `b`, `c` and `d` in the types; it has no
  /// result.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    documentation: String = "",
    _ body: @escaping (A, B, C, D) throws(Failure) -> Void
  ) {
    add(name, a, b, c, d, documentation: documentation) {
      (a: A, b: B, c: C, d: D) throws(Failure) -> JSVoid in JSVoid(try body(a, b, c, d))
    }
  }

  /// Registers a function of five parameters, called `a`, `b`, `c`, `d` and `e` in the types.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", documentation: String = "",
    _ body: @escaping (A, B, C, D, E) throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    let e = Parameter<E>(e, 4)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        do throws(Failure) { return try body(aValue, bValue, cValue, dValue, eValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of five parameters, called `a`, `b`, `c`, `d` and `e` in the types; it
  /// has no result.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", documentation: String = "",
    _ body: @escaping (A, B, C, D, E) throws(Failure) -> Void
  ) {
    add(name, a, b, c, d, e, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E) throws(Failure) -> JSVoid in JSVoid(try body(a, b, c, d, e))
    }
  }

  /// Registers a function of six parameters, called `a`, `b`, `c`, `d`, `e` and `f` in the types.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F) throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    let e = Parameter<E>(e, 4)
    let f = Parameter<F>(f, 5)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration, f.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        let fValue = try f.value(in: arguments)
        do throws(Failure) { return try body(aValue, bValue, cValue, dValue, eValue, fValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of six parameters, called `a`, `b`, `c`, `d`, `e` and `f` in the types;
  /// it has no result.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F) throws(Failure) -> Void
  ) {
    add(name, a, b, c, d, e, f, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E, f: F) throws(Failure) -> JSVoid in JSVoid(try body(a, b, c, d, e, f))
    }
  }

  /// Registers a function of seven parameters, called `a`, `b`, `c`, `d`, `e`, `f` and `g` in the
  /// types.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G) throws(Failure) -> R
  ) {
    let a = Parameter<A>(a, 0)
    let b = Parameter<B>(b, 1)
    let c = Parameter<C>(c, 2)
    let d = Parameter<D>(d, 3)
    let e = Parameter<E>(e, 4)
    let f = Parameter<F>(f, 5)
    let g = Parameter<G>(g, 6)
    add(
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration, f.declaration, g.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        let fValue = try f.value(in: arguments)
        let gValue = try g.value(in: arguments)
        do throws(Failure) { return try body(aValue, bValue, cValue, dValue, eValue, fValue, gValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of seven parameters, called `a`, `b`, `c`, `d`, `e`, `f` and `g` in the
  /// types; it has no result.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G) throws(Failure) -> Void
  ) {
    add(name, a, b, c, d, e, f, g, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E, f: F, g: G) throws(Failure) -> JSVoid in JSVoid(try body(a, b, c, d, e, f, g))
    }
  }

  /// Registers a function of eight parameters, called `a`, `b`, `c`, `d`, `e`, `f`, `g` and `h` in
  /// the types.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, H: JSExportable, R: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", _ h: String = "h",
    documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G, H) throws(Failure) -> R
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
      name, type: signature([a.declaration, b.declaration, c.declaration, d.declaration, e.declaration, f.declaration, g.declaration, h.declaration], R.typeScriptType), documentation: documentation,
      JSClosure { arguments throws(JSError) in
        let aValue = try a.value(in: arguments)
        let bValue = try b.value(in: arguments)
        let cValue = try c.value(in: arguments)
        let dValue = try d.value(in: arguments)
        let eValue = try e.value(in: arguments)
        let fValue = try f.value(in: arguments)
        let gValue = try g.value(in: arguments)
        let hValue = try h.value(in: arguments)
        do throws(Failure) { return try body(aValue, bValue, cValue, dValue, eValue, fValue, gValue, hValue).jsValue } catch { throw error.jsError }
      })
  }

  /// Registers a function of eight parameters, called `a`, `b`, `c`, `d`, `e`, `f`, `g` and `h` in
  /// the types; it has no result.
  public static func add<
    A: JSExportable, B: JSExportable, C: JSExportable, D: JSExportable, E: JSExportable,
    F: JSExportable, G: JSExportable, H: JSExportable, Failure: JSExportableError
  >(
    _ name: String, _ a: String = "a", _ b: String = "b", _ c: String = "c", _ d: String = "d",
    _ e: String = "e", _ f: String = "f", _ g: String = "g", _ h: String = "h",
    documentation: String = "",
    _ body: @escaping (A, B, C, D, E, F, G, H) throws(Failure) -> Void
  ) {
    add(name, a, b, c, d, e, f, g, h, documentation: documentation) {
      (a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H) throws(Failure) -> JSVoid in JSVoid(try body(a, b, c, d, e, f, g, h))
    }
  }
}
