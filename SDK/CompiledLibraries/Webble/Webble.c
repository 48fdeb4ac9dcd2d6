// Stands for the library Webble in a build by `webble`, which brings it compiled: see Package.swift.
// The linker takes an object out of an archive when something names it, and the exports of this one
// are named by the glue alone. The pointer itself is dropped: nothing reads it.
void webble_worker_ready(void);
void (*const webble_compiled_webble)(void) = webble_worker_ready;
