"""The outputs of cells, in the shape of a notebook: what a candidate says of them is brought into it, or left out."""

import re
from collections.abc import Callable
from typing import Any

from graders.sealed.inside import wire
from graders.sealed.inside.allowance import EACH, LONGEST, MOST_LINES, Allowance, size_of

_STOPS = ("Overtime", "CellTimeoutError")  # the candidate's word for it, and ours
STOPPED = "used more than {:g} s of processor time and was stopped."
LOST_PICTURE = "... a picture of a kind that is not kept: PNG and JPEG are ..."
_MIME = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg")
THEIRS = "In the student's code:"  # before the text of an error that no check has written


def stream_output(text: str, name: str = "stdout") -> dict:
    """Printed text as a notebook has it."""
    return {"output_type": "stream", "name": name, "text": text}


def error_output(ename: str, evalue: str, lines: list[str] | None = None) -> dict:
    """An error as a notebook has it, with its sentence in place of a stack where there is none."""
    return {
        "output_type": "error",
        "ename": ename,
        "evalue": evalue,
        "traceback": [evalue] if lines is None else lines,
    }


def timeout_error(seconds: float) -> dict:
    """The error of a cell that was stopped."""
    return error_output("CellTimeoutError", f"This cell {STOPPED.format(seconds)}")


def outputs_of(said: Any, allowance: Allowance, seconds: float, *, judged: bool = False) -> list[dict]:
    """The outputs of the next cell, as far as they are outputs and are within the allowance.

    Args:
        said: what the other side gives as its outputs; anything at all.
        allowance: of the notebook; the cell takes its part.
        seconds: the limit of a cell, for the sentence of one that was stopped.
        judged: whether it is a test cell, whose errors cost points: they are kept whatever is left.
    """
    allowance.next_cell()
    outputs = []
    for output in said if type(said) is list else []:
        shape = _SHAPES.get(text_of(output.get("output_type"))) if type(output) is dict else None
        if shape is None:
            continue
        if shape is _error and text_of(output.get("ename")) in _STOPS:  # kept whatever is left, once
            outputs += [timeout_error(seconds)] if timeout_error(seconds) not in outputs else []
        elif judged and shape is _error:
            outputs.append(_error(output, Allowance(2**16, 2**16)))
        elif output.get("text") == wire.DROPPED or not allowance.take(EACH):
            allowance.dropped = True
        elif (shaped := shape(output, allowance)) is not None:
            outputs.append(shaped)
    return [*outputs, stream_output(wire.DROPPED)] if allowance.dropped else outputs


def _stream(output: dict, allowance: Allowance) -> dict:
    text = allowance.cut(text_of(output.get("text")))
    return stream_output(text, "stderr" if output.get("name") == "stderr" else "stdout")


def _shown(output: dict, allowance: Allowance) -> dict | None:
    """A picture, a table or a value in the formats that pages can show; nothing if there is no room for all of them."""
    given = output.get("data")
    given = given if type(given) is dict else {}
    data = {mime: content for mime in _MIME if mime in given and _is_of(mime, content := text_of(given[mime]))}
    if any(map(_is_picture, given)) and not any(map(_is_picture, data)) and "text/html" not in data:
        data["text/plain"] = LOST_PICTURE  # in the place of a figure's size
    metadata = wire.alt_text(output.get("metadata"))
    if not allowance.take(size_of(*data.values(), *(about["alt"] for about in metadata.values()))):
        return None
    shown = {"output_type": output["output_type"], "data": data, "metadata": metadata}
    return shown | ({"execution_count": None} if output["output_type"] == "execute_result" else {})


def _error(output: dict, allowance: Allowance) -> dict:
    name = text_of(output.get("ename"))[: LONGEST["ename"]]
    lines = output.get("traceback")
    lines = lines[:MOST_LINES] if type(lines) is list else []
    sentence = allowance.cut(text_of(output.get("evalue"))[: LONGEST["evalue"]])
    kept = [allowance.cut(text_of(line)[: LONGEST["line"]]) for line in lines if allowance.left]
    return error_output(allowance.cut(name), sentence, kept)


_SHAPES: dict[str, Callable[[dict, Allowance], dict | None]] = {
    "stream": _stream,
    "display_data": _shown,
    "execute_result": _shown,
    "error": _error,
}


def _is_picture(mime: object) -> bool:
    return isinstance(mime, str) and (mime.startswith("image/") or mime == "application/pdf")


def _is_of(mime: str, content: str) -> bool:
    """Whether a content is of its kind; pages put pictures and formulas into their HTML as they are."""
    if mime.startswith("image/"):
        return re.fullmatch(r"[A-Za-z0-9+/=\s]*", content) is not None
    return mime != "text/latex" or not set(content) & set("<>")


def text_of(value: Any) -> str:
    """A text that can be written to a file; anything else is none."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
