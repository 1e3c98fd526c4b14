"""When assignments are due: set from a text that has one meaning, and said in full."""

import datetime

from graders.course import Course
from graders.errors import UnclearError
from graders.plugins.times import time_of

UNCLEAR = (
    '"{}" is not certain to be one time: write it as "2027-03-01 18:00 UTC", "2027-03-01 18:00 +01:00" or '
    '"2027-03-01 18:00 Europe/Paris"'
)


def set_due(course: Course, assignment: str, text: str) -> datetime.datetime:
    """Makes an assignment due at the time that a text states, and returns it, in UTC and without a zone.

    nbgrader's own command takes the 1st of March for the 3rd of January, and a zone that it does not know for UTC.

    Raises:
        UnclearError: if the text has no meaning, or more than one.
        NotFoundError: before there is a gradebook.
    """
    when = time_of(text)
    if when is None:
        raise UnclearError(UNCLEAR.format(text))
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(assignment, duedate=when)
    return when


def due_dates(course: Course, names: list[str]) -> dict[str, datetime.datetime]:
    """When each of the named assignments is due, in UTC, of those that are.

    Raises:
        NotFoundError: before there is a gradebook.
    """
    with course.gradebook() as gradebook:
        found = {one.name: one.duedate for one in gradebook.assignments}
    return {name: found[name] for name in names if found.get(name)}


def in_words(when: datetime.datetime) -> str:
    """A time in UTC with its day of the week and its month in letters: no part can be taken for another."""
    return f"{when:%A, {when.day} %B %Y, %H:%M} UTC"
