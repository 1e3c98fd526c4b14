"""What nbgrader's commands say in a terminal: names that students chose are in it, as characters that can be seen."""

import copy
import logging

from tornado.log import LogFormatter

from graders.text import visible


class VisibleFormatter(LogFormatter):
    """The formatter of nbgrader's logs, in which no name moves the cursor, paints or speaks to the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines of a record; see logging.Formatter."""
        shown = copy.copy(record)
        try:
            text = record.getMessage()
        except Exception:  # a message and its arguments do not fit: nbgrader's own formatter says so, too
            text = f"{record.msg!r} with {record.args!r}"
        shown.msg, shown.args = _lines(text), None
        if record.exc_info and not record.exc_text:
            shown.exc_text = self.formatException(record.exc_info)
        shown.exc_text = shown.exc_text and _lines(shown.exc_text)
        return super().format(shown)


def _lines(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))
