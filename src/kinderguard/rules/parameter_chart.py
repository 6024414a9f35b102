"""A small chart of a parameter over time: one step line a place, the floor dashed. Plain SVG in the page's own colours.

Views and the documentation show it. Coordinates are floats; every amount that is written is exact.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from html import escape

from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text
from kinderguard.rules.kinds import Sort
from kinderguard.rules.parameters import Parameter, ParameterValue, show

_PLOT, _HEIGHT, _LEFT, _TOP, _BOTTOM = 340, 150, 80, 14, 26
_END = _LEFT + _PLOT
#: Days whose names would touch are not named.
_APART = 52
#: Lines drawn; a table shows the rest.
MOST_LINES = 6


def chart(parameter: Parameter, lang: Language = "zh", named: Mapping[str, Text] | None = None) -> str | None:
    """The chart as SVG, or None for what is no amount or number, or has no dated value.

    Args:
        parameter: the parameter.
        lang: the language of its labels.
        named: names of places by code that go before the table's.
    """
    kind = parameter.kind
    if kind is None or kind.sort not in (Sort.MONEY, Sort.NUMBER) or not parameter.values:
        return None
    places = sorted({v.place for v in parameter.values})[:MOST_LINES]
    drawn = [v for v in parameter.values if v.place in places]
    numbers = [_height(v) for v in (*drawn, *([parameter.floor] if parameter.floor else []))]
    days = [d for v in drawn for d in (v.period.start, v.period.end) if d is not None]
    if not days:
        return None  # nothing is known to have changed
    first, last = min(days) - dt.timedelta(days=180), max(days) + dt.timedelta(days=365)
    top = max(numbers) * 1.1 or 1.0

    def x(day: dt.date) -> float:
        return _LEFT + _PLOT * ((day - first).days / (last - first).days)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top

    title = parameter.title
    parts = [f"<title>{escape(title.in_(lang) if title else parameter.code)}</title>"]
    parts.append(f'<line x1="{_LEFT}" y1="{y(0):.1f}" x2="{_END}" y2="{y(0):.1f}" opacity=".4"/>')
    said_at = -float(_APART)
    for day in _changes(drawn):
        if x(day) - said_at >= _APART:
            said_at = x(day)
            parts.append(f'<text x="{said_at:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{day:%Y-%m}</text>')
    if parameter.floor is not None:
        low = y(_height(parameter.floor))
        said = show(parameter.floor.value, kind, parameter.unit)
        parts.append(f'<line x1="{_LEFT}" y1="{low:.1f}" x2="{_END}" y2="{low:.1f}" stroke-dasharray="4 3"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{low + 4:.1f}" text-anchor="end">{escape(said.in_(lang))}</text>')
    lines = [sorted((v for v in drawn if v.place == place), key=_start) for place in places]
    lines.sort(key=lambda line: line[-1].value, reverse=True)
    label_at, longest = 0.0, 0.0
    for number, line in enumerate(lines):
        parts.append(f'<path d="{_steps(line, x, y, first, last)}" stroke-width="{2 if number == 0 else 1.3}"/>')
        for earlier in line[:-1]:
            middle = (x(earlier.period.start or first) + x(earlier.period.end or last)) / 2
            value = escape(show(earlier.value, kind, parameter.unit).in_(lang))
            at = y(_height(earlier)) - 4
            parts.append(f'<text x="{middle:.1f}" y="{at:.1f}" text-anchor="middle">{value}</text>')
        # Labels of lines that lie close together stand below one another.
        label_at = max(y(_height(line[-1])) + 4, label_at + 13)
        label = f"{place_name(line[-1].place, named).in_(lang)} {show(line[-1].value, kind, parameter.unit).in_(lang)}"
        longest = max(longest, _length(label))
        parts.append(f'<text x="{_END + 5}" y="{label_at:.1f}">{escape(label)}</text>')
    width = round(_END + 10 + longest)
    return f'<svg class="kg-chart" role="img" width="{width}" viewBox="0 0 {width} {_HEIGHT}">{"".join(parts)}</svg>'


def _changes(values: list[ParameterValue]) -> list[dt.date]:
    """The days on which a value begins, or has just ended."""
    starts = {v.period.start for v in values if v.period.start is not None and v.period.start.year > 1}
    return sorted(starts | {v.period.end + dt.timedelta(days=1) for v in values if v.period.end is not None})


def _length(label: str) -> float:
    """About how long a label is in letters of eleven units: a Chinese one is square, the others half as wide."""
    return sum(11.5 if letter > "\u2e7f" else 6.8 for letter in label)


def _height(value: ParameterValue) -> float:
    """A value of money or a number: nothing else is drawn."""
    assert not isinstance(value.value, dt.date)
    return float(value.value)


def _start(value: ParameterValue) -> dt.date:
    return value.period.start or dt.date.min


def _steps(
    line: list[ParameterValue],
    x: Callable[[dt.date], float],
    y: Callable[[float], float],
    first: dt.date,
    last: dt.date,
) -> str:
    """A path that is level while a value holds; a gap in time is a gap in the line."""
    found: list[str] = []
    for value in line:
        begin, end = value.period.start or first, value.period.end or last
        found.append(f"M{x(begin):.1f},{y(_height(value)):.1f} H{x(end):.1f}")
    return " ".join(found)
