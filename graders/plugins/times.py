"""Reads when a submission was handed in: a time that is certain, or none."""

import contextlib
import datetime
import email.utils
import re
import stat
import zoneinfo
from pathlib import Path

from graders.plugins.kinds import as_text

TIMESTAMP, INVALID_TIMESTAMP = "timestamp.txt", "timestamp.invalid.txt"
# Zones of one meaning, and their hours ahead of UTC; IST, BST, PST and the like have several.
_HOURS = {"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3}
_ZONE = re.compile(r" ?(?<![A-Za-z])([A-Z]{2,5}([+-]\d{1,2}(:?[0-5]\d)?)?|[A-Z][A-Za-z_]+/[A-Za-z_/]+)$")
# Clocks that are not set say 1970, and libraries take the year 1 of a mail for 2001: a course is held in this century.
_MAIL = re.compile(
    r"([A-Z][a-z]{2}), \d\d? [A-Z][a-z]{2} 20\d\d \d\d:\d\d(?::\d\d)?( [+-]\d\d[0-5]\d( \([^()]*\))?| GMT| UTC)?"
)
_TIME = re.compile(  # fractions are of seconds, and an offset is one from a time with minutes
    r"20[0-9]{2}(-?)[0-9]{2}\1[0-9]{2}[T ][0-9]{2}"
    r"(:?[0-9]{2}(:?[0-9]{2}([.,][0-9]+)?)?( ?[+-][0-9]{2}(:?[0-9]{2})?|Z)?)?"
)
_DATED = re.compile(  # as `Mar 1, 2027 559 PM` and `1 March, 2027 17:59`: names of files have no colons
    r"(?:(?P<day>\d\d?) )?(?P<month>[A-Za-z]{3,9})\.?(?(day)| (?P<day_behind>\d\d?)),? (?P<year>20\d\d),? "
    r"(?P<hour>\d\d?)[:.]?(?P<minute>\d\d)(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_AS_NBGRADER = re.compile(rb"\s*\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d(\.\d+)?)?( UTC)?\s*")


def mend_timestamp(folder: Path) -> None:
    """Writes ``timestamp.txt`` as nbgrader reads it; moves it out of the way where what it says is not certain.

    nbgrader takes a zone that it does not know for UTC, the 1st of March for the 3rd of January, and stops where there
    is no time at all.
    """
    path = folder / TIMESTAMP
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return
        with path.open("rb") as file:
            written = file.read(1001)
    except OSError:
        return
    when = time_of(as_text(written)) if len(written) <= 1000 else None  # what follows could be anything
    if when is None:
        path.rename(path.with_name(INVALID_TIMESTAMP))
    elif not _AS_NBGRADER.fullmatch(written):
        path.write_text(f"{when.isoformat(' ')} UTC", encoding="utf-8")


def time_of(text: str) -> datetime.datetime | None:
    """The time that a text states, in UTC and without a zone; None where that is not certain.

    It must be the international form of a date and a time (or that of mails), with a zone whose offset is known;
    without a zone it is UTC, as nbgrader has it.
    """
    text = " ".join(text.split())
    mail, zone = _MAIL.fullmatch(text), _ZONE.search(text)
    try:
        if mail:  # the library drops words that it does not know, such as pm, and believes any day of the week
            when = email.utils.parsedate_to_datetime(text)
            if mail[1] != _WEEKDAYS[when.weekday()]:
                raise ValueError("another day of the week")
        elif zone:
            text, offset = text[: zone.start()], _offset(zone.group())
            if (when := _naive(text)).tzinfo:
                raise ValueError("two zones")
            when = when.replace(tzinfo=offset)
            if when.utcoffset() != when.replace(fold=1).utcoffset():
                raise ValueError("an hour that comes twice, or never, as clocks are put back or forward")
        else:
            when = _naive(text)
        return when.astimezone(datetime.UTC).replace(tzinfo=None) if when.tzinfo else when
    except (ValueError, OverflowError, KeyError, OSError):
        return None


def local_time_of(text: str) -> datetime.datetime | None:
    """The time in a date with a month in English, by a clock whose zone is not known; None for other texts.

    It tells which of two files is the later one, and not when each was handed in.
    """
    found = _DATED.fullmatch(" ".join(text.split()))
    if not found or found["month"][:3].title() not in _MONTHS:
        return None
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    hour = hour % 12 + 12 * (half == "p") if half else hour
    month, day = _MONTHS.index(found["month"][:3].title()) + 1, int(found["day"] or found["day_behind"])
    with contextlib.suppress(ValueError):
        return datetime.datetime(int(found["year"]), month, day, hour, int(found["minute"]))
    return None


def _naive(text: str) -> datetime.datetime:
    """A date and a time of day; with the offset that ISO 8601 has, if there is one."""
    if dashed := re.fullmatch(r"(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)", text):  # as names of files have it
        text = "{} {}:{}:{}".format(*dashed.groups())
    if not _TIME.fullmatch(text):  # the library takes 17.59 for a part of an hour, and 17-05 for an offset
        raise ValueError("no time of day, or one that is written in another way")
    return datetime.datetime.fromisoformat(re.sub(r" (?=[+-])", "", text))


def _offset(zone: str) -> datetime.tzinfo:
    if "/" in zone:
        return zoneinfo.ZoneInfo(zone.strip())
    name, sign, hours, minutes = re.fullmatch(r" ?([A-Z]+)(?:([+-])(\d{1,2})(?::?(\d\d))?)?", zone).groups()
    by_hand = datetime.timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return datetime.timezone(datetime.timedelta(hours=_HOURS[name]) + (-by_hand if sign == "-" else by_hand))
