"""Takes, in many programs, as much memory as the warm parent has, which a fork would share. All of them together must
not have more than their share.
"""

SAYS = r"(?i)memory"

CODE = r"""
import subprocess
import sys
import time

for _ in range(30):
    subprocess.Popen([sys.executable, "-S", "-c", "import time; taken = b'x' * (150 << 20); time.sleep(600)"])
time.sleep(600)
"""
