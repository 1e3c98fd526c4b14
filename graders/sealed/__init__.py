"""How strangers' code is run and judged: the candidate in a sandbox, the examiner outside of it.

Nothing here knows any assignment. `inside` is all of it that the sandbox can see.
"""
