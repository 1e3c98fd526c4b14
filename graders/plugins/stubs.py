"""Tells answers from what is still to be written."""

import ast
import re
import warnings

_FUNCTION = re.compile(r"^ *(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)
_STUB = "raise NotImplementedError("
_BEFORE_STUB = re.compile(r"(async )?(def|class)\b|\).*:$")  # a line of the code that a task gives before it asks
_LONGEST = 2000  # characters of code that may do nothing
_NOTHING = re.compile(r"""(.*:\s*)?(pass|\.\.\.|return(\s+None)?)?\s*(\#.*)?$|.*["']$""")  # the last line of such code


def is_unwritten(code: str) -> bool:
    """Whether nothing of the student's stands before a stub: many leave it as a comment, or below their answer."""
    before = ""
    for line in map(str.strip, code.split("\n") if _STUB in code else []):
        if line.startswith(_STUB) and (not before or _BEFORE_STUB.match(before) or before.endswith(('"""', "'''"))):
            return True
        if line and not line.startswith("#"):
            before = line
    return False


def does_nothing(code: str) -> bool:
    """Whether code is what is left of a stub that was taken out: comments, and functions without anything in them."""
    lines = [line for line in map(str.strip, code.split("\n")) if line and not line.startswith("#")]
    if len(code) > _LONGEST or (lines and not _NOTHING.match(lines[-1])):
        return False
    with warnings.catch_warnings(action="ignore"):
        try:
            waiting: list[ast.stmt] = ast.parse(code).body
        except SyntaxError:  # a function with a comment alone
            return bool(lines) and all(line.startswith(("def ", "class ", "async ")) for line in lines)
        except (ValueError, RecursionError, MemoryError):
            return False
    while waiting:
        match waiting.pop():
            case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body) | ast.ClassDef(body=body):
                waiting += body
            case ast.Pass() | ast.Return(value=None | ast.Constant(value=None)) | ast.Expr(value=ast.Constant()):
                pass
            case _:
                return False
    return True


def functions_in(code: str) -> frozenset[str]:
    """The functions and classes that code defines, at any level."""
    return frozenset(_FUNCTION.findall(code))


def functions_written_in(*texts: str) -> frozenset[str]:
    """Those in some texts that are no stubs."""
    pieces = [one for text in texts for one in re.split(r"^(?= *(?:async +)?(?:def|class) )", text, flags=re.MULTILINE)]
    return frozenset(found[1] for one in pieces if (found := _FUNCTION.match(one)) and not is_unwritten(one))


def are_elsewhere(functions: frozenset[str], written: frozenset[str]) -> bool:
    """Whether there are functions to write, and all of them are written, in whatever cell."""
    return bool(functions) and functions <= written
