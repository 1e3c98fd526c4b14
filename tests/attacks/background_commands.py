"""Leaves commands behind that outlive the notebook and hold its streams open. They must end, and nobody wait."""

RIGHT = True
POINTS = 25

CODE = r"""
import subprocess

kept = [
    subprocess.Popen(["sleep", "1000"]),
    subprocess.Popen(["nohup", "sh", "-c", "sleep 1000 & sleep 1000"], start_new_session=True),
]
"""
