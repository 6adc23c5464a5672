"""damage.py TOOL FILE...: lists truncated and bit-flipped copies of each file; the tool may accept or refuse each, but
has to end by itself, with exit code 0 or 2, and to say something where it refuses."""
import os
import random
import subprocess
import sys
import tempfile

tool, files = sys.argv[1], sys.argv[2:]
rounds = int(os.environ.get("DAMAGE_ROUNDS", "40"))
random.seed(1)
count = 0
for name in files:
    whole = open(name, "rb").read()
    for i in range(rounds):
        data = bytearray(whole[: random.randrange(len(whole))] if i % 2 else whole)
        for _ in range(random.choice((0, 1, 4)) if i % 2 else random.choice((1, 2, 8, 64))):
            if data:
                # Headers matter most, so half of all flips go there.
                at = random.randrange(min(len(data), 256)) if random.random() < 0.5 else random.randrange(len(data))
                data[at] = random.choice((0, 255, data[at] ^ (1 << random.randrange(8)), random.randrange(256)))
        with tempfile.NamedTemporaryFile() as f:
            f.write(data)
            f.flush()
            done = subprocess.run([tool, "--list", f.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
        if done.returncode not in (0, 2) or (done.returncode == 2) != bool(done.stderr):
            bad = name + ".damaged"
            open(os.path.join(os.environ.get("DAMAGE_KEEP", tempfile.gettempdir()), os.path.basename(bad)), "wb").write(data)
            sys.exit("%s, round %d: exit code %d" % (name, i, done.returncode))
        count += 1
print("%d damaged files, no crash" % count)
