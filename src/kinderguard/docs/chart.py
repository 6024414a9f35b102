"""A small chart of a parameter over time: one step line a place, the floor dashed. Plain SVG in the page's own colours.

Coordinates are floats; every amount that is written is exact."""

import datetime as dt
from collections.abc import Callable
from html import escape

from kinderguard.model.places import place_name
from kinderguard.rules.kinds import Sort
from kinderguard.rules.parameters import Parameter, ParameterValue, show

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 600, 150, 70, 190, 14, 26
#: Lines drawn; a table shows the rest.
MOST_LINES = 6


def chart(parameter: Parameter) -> str | None:
    """The chart as SVG, or None for what is no amount or number, or has no dated value."""
    kind = parameter.kind
    if kind is None or kind.sort not in (Sort.MONEY, Sort.NUMBER) or not parameter.values:
        return None
    places = sorted({v.place for v in parameter.values})[:MOST_LINES]
    drawn = [v for v in parameter.values if v.place in places]
    numbers = [float(v.value) for v in (*drawn, *([parameter.floor] if parameter.floor else []))]  # type: ignore[arg-type]
    days = [d for v in drawn for d in (v.period.start, v.period.end) if d is not None]
    if not days:
        return None  # nothing is known to have changed
    first, last = min(days) - dt.timedelta(days=180), max(days) + dt.timedelta(days=365)
    top = max(numbers) * 1.1 or 1.0

    def x(day: dt.date) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * ((day - first).days / (last - first).days)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top

    title = parameter.title
    parts = [f"<title>{escape(f'{title.zh} / {title.en}' if title else parameter.code)}</title>"]
    parts.append(f'<line x1="{_LEFT}" y1="{y(0):.1f}" x2="{_WIDTH - _RIGHT}" y2="{y(0):.1f}" opacity=".4"/>')
    for day in sorted({d for d in days if d.year > 1})[:: max(1, len(set(days)) // 4)]:
        parts.append(f'<text x="{x(day):.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{day:%Y-%m}</text>')
    if parameter.floor is not None:
        low = y(float(parameter.floor.value))  # type: ignore[arg-type]
        said = show(parameter.floor.value, kind, parameter.unit)
        parts.append(
            f'<line x1="{_LEFT}" y1="{low:.1f}" x2="{_WIDTH - _RIGHT}" y2="{low:.1f}" stroke-dasharray="4 3"/>'
        )
        parts.append(f'<text x="{_LEFT - 6}" y="{low + 4:.1f}" text-anchor="end">{escape(said.zh)}</text>')
    lines = [sorted((v for v in drawn if v.place == place), key=_start) for place in places]
    lines.sort(key=lambda line: line[-1].value, reverse=True)
    label_at = 0.0
    for number, line in enumerate(lines):
        parts.append(f'<path d="{_steps(line, x, y, first, last)}" stroke-width="{2 if number == 0 else 1.3}"/>')
        # Labels of lines that lie close together stand below one another.
        label_at = max(y(float(line[-1].value)) + 4, label_at + 12)  # type: ignore[arg-type]
        label = escape(f"{place_name(line[-1].place).zh} {show(line[-1].value, kind, parameter.unit).zh}")
        parts.append(f'<text x="{_WIDTH - _RIGHT + 5}" y="{label_at:.1f}">{label}</text>')
    return f'<svg class="kg-chart" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}">{"".join(parts)}</svg>'


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
        found.append(f"M{x(begin):.1f},{y(float(value.value)):.1f} H{x(end):.1f}")  # type: ignore[arg-type]
    return " ".join(found)
