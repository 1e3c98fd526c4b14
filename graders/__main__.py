"""`python -m graders` is `course`."""

from graders.cli import main

main()
