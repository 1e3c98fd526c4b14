"""Runs a whole cell in a shell, which looks for the tests. It must find none, and is no answer."""

LEAKS = True

CODE = r"""
%%script bash
needle="check_""dense"
env
ls -la . .. ../.. / /tmp /root /home /work 2>&1
grep -rIl --include=*.ipynb --include=*.db --include=parameters.py "$needle" / 2>/dev/null | head -5 | while read f
do
    grep -h "$needle" "$f"
done
"""
