"""compare.py FUNCTION: reads what values.mjs writes and prints the greatest and the mean error, in units in the
last place of the exact result, by MPFR with 160 bits (the Python package gmpy2)."""
import struct
import sys

import gmpy2
from gmpy2 import mpfr

name = sys.argv[1]
gmpy2.get_context().precision = 160
gmpy2.get_context().emin = -1000000
gmpy2.get_context().emax = 1000000
functions = {"tgamma": gmpy2.gamma, "lgamma": lambda x: gmpy2.lgamma(x)[0], "pow": lambda x, y: x ** y}
exact = functions.get(name) or getattr(gmpy2, name)
binary = name in ("pow", "atan2", "hypot")

data = sys.stdin.buffer.read()
worst, where, total, counted, wrong = 0.0, None, 0.0, 0, 0
for x, y, result in struct.iter_unpack("<ddd", data):
    true = exact(mpfr(x), mpfr(y)) if binary else exact(mpfr(x))
    if gmpy2.is_nan(true):
        wrong += result == result
        continue
    if true == 0:
        wrong += result != 0
        continue
    if abs(true) >= mpfr(2) ** 1024 - mpfr(2) ** 970:
        wrong += abs(result) != float("inf")
        continue
    exponent = max(gmpy2.get_exp(true), -1021)
    if result != result or abs(result) == float("inf"):
        wrong += 1
        where = where or (x, y)
        continue
    error = float(abs(mpfr(result) - true) / mpfr(2) ** (exponent - 53))
    total += error
    counted += 1
    if error > worst:
        worst, where = error, (x, y)
place = ", ".join(float(v).hex() for v in (where if binary else where[:1])) if where else ""
print(f"{name:8} {worst:10.3f} {total / max(counted, 1):8.3f} {wrong:6}  at {place}", flush=True)
