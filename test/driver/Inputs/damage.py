"""damage.py FILE PREFIX COUNT: writes COUNT copies of FILE with one bit flipped each, and one that is cut short."""
import random
import sys

data = open(sys.argv[1], "rb").read()
rng = random.Random(7)
for i in range(int(sys.argv[3])):
    copy = bytearray(data)
    bit = rng.randrange(len(copy) * 8)
    copy[bit // 8] ^= 1 << (bit % 8)
    open("%s.%d.bc" % (sys.argv[2], i), "wb").write(copy)
open(sys.argv[2] + ".cut.bc", "wb").write(data[: len(data) // 2])
