/// WebAssembly rounds to nearest and has no floating-point exceptions.
#ifndef _WEBBLE_FENV_H
#define _WEBBLE_FENV_H

#define FE_ALL_EXCEPT 0
#define FE_TONEAREST 0
#define FE_DFL_ENV ((const fenv_t *)-1)
typedef unsigned fexcept_t;
typedef struct { unsigned unused; } fenv_t;

static inline int fegetround(void) { return FE_TONEAREST; }
static inline int fesetround(int mode) { return mode != FE_TONEAREST; }
static inline int feclearexcept(int exceptions) { (void)exceptions; return 0; }
static inline int feraiseexcept(int exceptions) { return exceptions != 0; }
static inline int fetestexcept(int exceptions) { (void)exceptions; return 0; }
static inline int fegetenv(fenv_t *state) { state->unused = 0; return 0; }
static inline int fesetenv(const fenv_t *state) { (void)state; return 0; }
static inline int feholdexcept(fenv_t *state) { state->unused = 0; return 0; }
static inline int feupdateenv(const fenv_t *state) { (void)state; return 0; }
#endif
