"""Schedules in words: what a cron expression says, and when it is due next.

In: an expression of five fields, or six with seconds first, and a moment. Out: sentences, in UTC as
the runtime counts. Never does: read the clock, or guess about an expression that it cannot put into
words; of such a one it only says when it is due.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

NEXT_TIMES = 3
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NAMED: Mapping[str, str] = MappingProxyType(
    {
        "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
        "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    }
)
_UNITS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "second": (0, 60),
        "minute": (0, 60),
        "hour": (0, 24),
        "day": (1, 31),
        "month": (1, 12),
        "weekday": (0, 7),
    }
)
"""Unit → the first of its numbers, and how many there are."""
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


def told(expression: str, now: datetime) -> Iterator[str]:
    """What a schedule says and its next times; nothing for an expression that is wrong."""
    times = list(next_times(expression, now))
    if not times:
        return
    said = words(expression)
    yield f"schedule `{expression}`" + (f": {said} (UTC)" if said else "")
    yield "next: " + "; ".join(f"{_moment(each)}, {_distance(each - now)}" for each in times)


def next_times(expression: str, now: datetime) -> Iterator[datetime]:
    """The next times after a moment, in UTC; none for an expression that is wrong."""
    from croniter import CroniterError, croniter

    try:
        ticks = croniter(expression, now.astimezone(UTC), second_at_beginning=True)
        for _ in range(NEXT_TIMES):
            found: datetime = ticks.get_next(datetime)
            yield found
    except (CroniterError, ValueError, KeyError, AttributeError):
        return


def words(expression: str) -> str | None:
    """An expression as people say it; None for one with signs that have no plain words."""
    fields = _NAMED.get(expression.strip().lower(), expression).lower().split()
    if len(fields) not in (5, 6):
        return None
    second, minute, hour, day, month, weekday = fields if len(fields) == 6 else ["0", *fields]
    clock = _clock(second, minute, hour)
    days = _dated("on", _listed("day", day))
    weekdays = _dated("on", _listed("weekday", weekday, _DAYS))
    months = _dated("in", _listed("month", month, ("", *_MONTHS)))
    if clock is None or days is None or weekdays is None or months is None:
        return None
    dates = [f"{days} of the month"] if days else []
    dates += [weekdays] if weekdays else []
    return " ".join(each for each in (clock, " or ".join(dates), months) if each)


def _dated(preposition: str, said: str | None) -> str | None:
    """A field of the date with its preposition, "" when every date fits."""
    if said is None or not said.startswith("every"):
        return said and f"{preposition} {said}"
    return "" if said.count(" ") == 1 else said


def _clock(second: str, minute: str, hour: str) -> str | None:
    """The time of the day."""
    if hour.isdecimal() and minute.isdecimal() and second.isdecimal():
        seconds = f":{int(second):02}" if int(second) else ""
        return f"at {int(hour):02}:{int(minute):02}{seconds}"
    hours = [each for each in hour.split(",") if each.isdecimal()]
    if minute.isdecimal() and second == "0" and len(hours) == hour.count(",") + 1:
        return "at " + _joined([f"{int(each):02}:{int(minute):02}" for each in hours])
    parts: list[str] = []
    for unit, text, inner in (("second", second, ""), ("minute", minute, second)):
        is_start = text == "0" and (unit == "second" or not parts)
        if is_start and unit == "second":
            continue
        if text == "*" and inner and inner != "0":
            continue  # "every 10 seconds" says that it is in every minute.
        said = _listed(unit, text)
        if said is None:
            return None
        parts.append(said if said.startswith("every") else f"at {said}")
    said = _listed("hour", hour)
    if said is None:
        return None
    if parts == ["at minute 0"] and said.startswith("every"):
        return said
    is_told = hour == "*" and parts[-1].startswith("every") and " from " not in parts[-1]
    first, *rest = parts if is_told else [*parts, said]
    return " of ".join([first, *map(_ordinal, rest)])


def _listed(unit: str, field: str, names: Sequence[str] = ()) -> str | None:
    """A field in words, with the name of its unit or with names for its numbers."""
    if field in ("*", "?"):
        return f"every {unit}"
    said = []
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        first, last, step = match["first"], match["last"], match["step"]
        ends = [_named(each, names) for each in (first, last) if each is not None]
        if any(each is None for each in ends):
            return None
        reach = " to ".join(str(each) for each in ends)
        if step is None or (int(step) == 1 and first == "*"):
            said.append(f"every {unit}" if first == "*" else reach)
        elif first == "*":
            said.append(_repeated(unit, int(step), names))
        else:
            end = "" if last else " on"
            said.append(f"every {step} {unit}s from {reach}{end}")
    if names or said[0].startswith("every"):
        return _joined(said)
    plural = "s" if len(said) > 1 or " to " in said[0] else ""
    return f"{unit}{plural} {_joined(said)}"


def _repeated(unit: str, step: int, names: Sequence[str]) -> str:
    """Every so many of a unit; what starts anew with the next larger unit says how far it goes."""
    first, size = _UNITS[unit]
    reached = range(first, first + size, max(step, 1))
    if names:
        return _joined([names[each] for each in reached])
    if len(reached) == 1:
        return str(first)
    if size % step == 0 and unit != "day":
        return f"every {step} {unit}s"
    return f"every {step} {unit}s from {reached[0]} to {reached[-1]}"


def _ordinal(said: str) -> str:
    """`every 2 hours` as it is said behind "of": every 2nd hour."""

    def one(match: re.Match[str]) -> str:
        number = int(match[1])
        ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"every {number}{'th' if number in (11, 12, 13) else ending} {match[2]}"

    return re.sub(r"every (\d+) (\w+)s", one, said)


def _named(text: str, names: Sequence[str]) -> str | None:
    """A number or a name as it is said; None for anything else."""
    if text == "*":
        return text
    if text.isdecimal():
        if not names:
            return str(int(text))
        return names[int(text) % 7 if len(names) == 7 else int(text)] if int(text) <= 12 else None
    return next((name for name in names if name and name[:3].lower() == text), None)


def _joined(parts: Sequence[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _moment(when: datetime) -> str:
    """A time as people write it, whatever the language of the machine is."""
    day = f"{_DAYS[when.isoweekday() % 7][:3]} {when.day} {_MONTHS[when.month - 1][:3]} {when.year}"
    return f"{day} {when:%H:%M}" + (f":{when:%S}" if when.second else "")


def _distance(rest: timedelta) -> str:
    """How far away a moment is, in its two largest units."""
    seconds = max(int(rest.total_seconds()), 0)
    parts = []
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return f"in {' '.join(parts[:2])}" if parts else "now"
