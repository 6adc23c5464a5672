"""exits.py CODE COMMAND...: runs the command and fails unless it exits with exactly that code."""
import subprocess
import sys

code = subprocess.call(sys.argv[2:])
if code != int(sys.argv[1]):
    sys.exit("exit code %d, not %s" % (code, sys.argv[1]))
