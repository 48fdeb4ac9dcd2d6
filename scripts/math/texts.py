"""texts.py: reads what texts.mjs writes, and compares the bits with those that Python's float and the system's
strtof read in the same texts. Prints how many there were; fails if one is wrong."""
import ctypes
import struct
import sys

library = ctypes.CDLL(None)
library.strtof.restype = ctypes.c_float
library.strtof.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
count, wrong = 0, 0
for line in sys.stdin.buffer:
    text, double, single = line.split()
    count += 1
    if (struct.unpack(">Q", struct.pack(">d", float(text)))[0] != int(double, 16)
            or struct.unpack(">I", struct.pack(">f", library.strtof(text, None)))[0] != int(single, 16)):
        wrong += 1
        print(f"wrong: {text.decode()} is {double.decode()} {single.decode()}")
print(f"{count} texts, {wrong} wrong")
sys.exit(wrong > 0)
