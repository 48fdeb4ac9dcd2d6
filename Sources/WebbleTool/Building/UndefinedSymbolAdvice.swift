extension UndefinedSymbols {
  /// What a symbol is, and what to do.
  static func advice(for symbol: String) -> String {
    for kind in kinds
    where kind.names.contains(symbol) || kind.prefixes.contains(where: symbol.hasPrefix) {
      return kind.advice
    }
    return """
      It is no function of the C library here (Documentation/CLibrary.md has a list). Define it in a \
      C target of the package, or leave out what needs it.
      """
  }

  private struct Kind {
    var prefixes: [String] = []
    var names: Set<String> = []
    var advice: String
  }

  /// The first that fits is said.
  private static let kinds = [
    Kind(
      prefixes: ["$s", "$e"],
      advice: """
        It is Swift code of a module that is not linked: is its product among the target's \
        dependencies in Package.swift?
        """),
    Kind(
      prefixes: [
        "swift_getTypeBy", "swift_getGeneric", "swift_getAssociated", "swift_conformsTo",
        "swift_dynamicCast", "swift_getExistential", "swift_getMetatype", "swift_getWitness",
        "swift_allocateGeneric", "swift_initClass", "swift_initStruct", "swift_updateClass",
        "swift_getTuple", "swift_getFunctionType", "swift_getOpaque", "swift_reflect",
        "swift_getKeyPath", "swift_getDynamicType", "swift_getObjectType",
      ],
      advice: """
        It looks at types at run time, as `any P`, `Any`, `as?`, key paths and `Mirror` do, which \
        Embedded Swift lacks: write generics, `some P`, closures, or an enum. Documentation/Limits.md, \
        under "What Embedded Swift refuses", has the nearest spelling of each.
        """),
    Kind(
      prefixes: ["swift_weak", "swift_unowned"],
      advice: """
        `weak` and `unowned` are not available in Embedded Swift: write `unowned(unsafe)`, \
        `Unmanaged`, or an index into what owns the objects.
        """),
    Kind(
      prefixes: [
        "swift_task", "swift_job", "swift_continuation", "swift_asyncLet", "swift_defaultActor",
        "swift_distributed",
      ],
      advice: """
        It is a part of the toolchain's concurrency library that Webble lacks. Documentation/Limits.md, \
        under "What Embedded Swift refuses", names them; please report one that it does not.
        """),
    Kind(
      prefixes: ["swift_", "_swift_"],
      advice: """
        It belongs to the Swift runtime or standard library, and no call that Webble supports needs \
        it. Documentation/Limits.md, \
        under "What Embedded Swift refuses", has the nearest spelling of what is \
        not available; please report a call that it does not name.
        """),
    Kind(
      prefixes: [
        "__cxa_throw", "__cxa_rethrow", "__cxa_allocate_exception", "__cxa_free_exception",
        "__cxa_begin_catch", "__cxa_end_catch", "_Unwind_", "__gxx_personality", "_ZTI", "_ZTVN",
        "__dynamic_cast",
      ],
      advice: """
        It belongs to exceptions or run-time types of C++, which are off here: return a status \
        instead.
        """),
    Kind(
      // Of the namespace std, and its abbreviations.
      prefixes: [
        "_ZNSt", "_ZNKSt", "_ZSt", "_ZNSs", "_ZNKSs", "_ZNSa", "_ZNSb", "_ZNSi", "_ZNSo", "_ZNSd",
      ],
      advice: """
        It belongs to the standard library of C++. There is none here beyond its C headers, `new` \
        and `initializer_list`: use containers of your own, or C's functions.
        """),
    Kind(
      prefixes: ["_Z"],
      advice: "It is a C++ function that is declared and not defined: is its source in the target?"),
    Kind(
      names: [
        "fork", "vfork", "execl", "execv", "execve", "execvp", "popen", "pclose", "system",
        "waitpid", "kill", "socket", "connect", "bind", "listen", "accept", "send", "recv",
        "sendto", "recvfrom", "setsockopt", "getaddrinfo", "open", "close", "read", "write",
        "lseek", "stat", "fstat", "lstat", "mkdir", "rmdir", "opendir", "readdir", "closedir",
        "unlink", "pipe", "select", "poll", "mmap", "munmap", "dlopen", "dlsym", "ioctl", "fcntl",
        "signal", "sigaction", "getcwd", "chdir", "access",
      ],
      advice: """
        It asks an operating system for files, processes or sockets, and the web has none: use \
        `import JavaScript` (`fetch`, `WebSocket`, the origin's private file system) instead.
        """),
    Kind(
      prefixes: ["objc_", "OBJC_"],
      advice: "It belongs to Objective-C, which is not available."),
  ]
}
