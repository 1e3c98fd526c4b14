"""The bench: where the examiner computes with what students hand in as data, such as the graph of a trained network.

It is one more process behind the walls of a candidate, in which no student's code runs. So what it answers is what its
libraries compute, and whatever a graph makes them do stays there. It is started when it is first asked.
"""

import mmap
import socket
from collections.abc import Callable
from typing import Any

from graders.sealed.handles import CandidateLost, Conversation
from graders.sealed.inside import wire


class Bench:
    """Calls helpers of checks on the bench of one submission.

    Args:
        job: to the grader, which starts it.
        most_bytes: what one answer may take here.
    """

    def __init__(self, job: socket.socket, most_bytes: int) -> None:
        self._job, self._most_bytes = job, most_bytes
        self._conversation: Conversation | None = None

    def call(self, helper: Callable[..., Any], args: tuple) -> Any:
        """Calls a helper with plain data.

        Raises:
            CandidateLost: "bench", if it is gone.
        """
        if self._conversation is None:
            self._conversation = self._start()
        return self._conversation.call(helper, args)

    def _start(self) -> Conversation:
        wire.send(self._job, {"bench": True})
        _, files, _, _ = socket.recv_fds(self._job, 1, 3)
        if len(files) != 3:
            raise CandidateLost("bench")
        channel, watch = (socket.socket(fileno=file) for file in files[:2])
        return Conversation(channel, watch, mmap.mmap(files[2], mmap.PAGESIZE), self._most_bytes, gone="bench")

    def begin_cell(self) -> None:
        """Has its processor time counted anew."""
        if self._conversation is not None:
            self._conversation.begin_cell()

    def forget(self) -> None:
        """Lets go of what the cell before has left there."""
        if self._conversation is not None:
            self._conversation.forget()

    def stop_cell(self) -> bool:
        """Ends a test cell once it has answered; whether it is asked anything at the moment."""
        is_asked = self._conversation is not None and self._conversation.is_talking
        if is_asked:
            self._conversation.stop_cell()
        return is_asked
