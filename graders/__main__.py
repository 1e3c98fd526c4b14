"""``python -m graders``: the command `course`, where its script is not on the path."""

from graders.cli import main

if __name__ == "__main__":
    main()
