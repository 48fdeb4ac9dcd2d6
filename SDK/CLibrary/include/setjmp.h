#error "setjmp and longjmp do not exist here: WebAssembly cannot jump out of functions. Return a status through the callers, or use Swift's typed throws"
