"""Plots of one child: what is due as an income moves, and month by month."""

import datetime as dt
import math
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import altair as alt

from kinderguard.analysis.one_child import EventKind, Marginal, Timeline
from kinderguard.analysis.plots.picture import (
    COLOURS,
    GAIN,
    LOSS,
    OPEN,
    QUIET,
    Plot,
    ink,
    number,
    plot,
    upwards,
    values,
)
from kinderguard.engines.assessment import ZERO, Total
from kinderguard.model.codes import Frequency
from kinderguard.model.money import bounds_text
from kinderguard.model.text import Language, Text
from kinderguard.model.view import display_language


def income(line: Marginal, lang: Language | None = None, *, dark: bool = False) -> Plot:
    """What is due as an income, or another number, moves: a band where other facts are unknown, and the cliffs.

    Args:
        line: what ``marginal`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        dark: for a dark page.
    """
    lang = lang or display_language()
    title = Text(
        f"“{line.title.zh}”变化时应发多少（{line.every.zh}）", f"What is due {line.every.en} as {line.title.en} moves"
    )
    rows = [{"value": number(p.value), **_bounds(p.total)} for p in line.points]
    x = alt.X("value:Q", title=line.title.in_(lang) + (_YUAN.in_(lang) if line.is_money else ""))
    upright = upwards((row[end] for row in rows for end in ("low", "high")), titleY=-20)
    base = alt.Chart(values(rows), width=560, height=300)
    amount = Text(f"{line.every.zh}应发（元）", f"due {line.every.en} (yuan)").in_(lang)
    tooltip = [alt.Tooltip("value:Q", title=line.title.in_(lang), format=",.2f"), *_tooltips(lang)]
    layers: list[Any] = [
        base.mark_area(opacity=0.25, color=OPEN).encode(
            # The title of the axis stands above what is written on the upper edge.
            x,
            alt.Y("low:Q", title=amount, **upright),
            alt.Y2("high:Q"),
        ),
        base.mark_line(color=GAIN, strokeWidth=2).encode(x, alt.Y("low:Q", title=amount), tooltip=tooltip),
        base.mark_line(color=GAIN, strokeDash=[4, 3]).encode(x, alt.Y("high:Q", title=amount)),
    ]
    open_ = [row for row in rows if row["high"] is not None and row["high"] != row["low"]]
    if open_:
        # Where both lines are told apart last, each says what it is.
        said = [open_[-1] | {"least": _LOW.in_(lang), "most": _HIGH.in_(lang)}]
        label = alt.Chart(values(said)).mark_text(align="left", dx=6, color=ink(dark)).encode(alt.X("value:Q"))
        layers += [
            label.encode(alt.Y(f"{end}:Q", title=amount), text=f"{words}:N")
            for end, words in (("low", "least"), ("high", "most"))
        ]
    cliffs = sorted(line.cliffs, key=lambda b: b.above)
    near = _NEAR * float(line.points[-1].value - line.points[0].value)
    told = [alt.Tooltip("why:N", title=_CLIFF.in_(lang))]
    for b, is_left in zip(cliffs, _left([float(b.above) for b in cliffs], near), strict=True):
        row = {
            "value": number(b.above), "low": number(b.before.low), "text": _lost(b.lost_low, b.lost_high, lang),
            "why": b.text.in_(lang),
        }  # fmt: skip
        marked = alt.Chart(values([row])).encode(alt.X("value:Q"))
        beside = (
            marked.mark_text(align="right", dx=-5, dy=-8, color=ink(dark))
            if is_left
            else marked.mark_text(align="left", dx=5, dy=-8, color=ink(dark))
        )
        layers += [
            marked.mark_rule(color=LOSS, strokeDash=[3, 3]).encode(tooltip=told),
            beside.encode(alt.Y("low:Q", title=amount), text="text:N", tooltip=told),
        ]
    if line.own is not None:
        here = alt.Chart(values([{"value": number(line.own), "text": _OWN.in_(lang)}])).encode(alt.X("value:Q"))
        layers += [
            here.mark_rule(color=ink(dark)),
            here.mark_text(align="center", baseline="bottom", y=-3, color=ink(dark)).encode(text="text:N"),
        ]
    highs = [row["high"] for row in rows]
    notes = [*_foot([row["low"] for row in rows], highs, line.every)]
    if None in highs:
        notes.append(_OPEN_ABOVE if any(high is not None for high in highs) else _NO_BOUND)
    notes += line._not_counted
    return plot(alt.layer(*layers), title, lang, tuple(line.rows()), dark, notes)


def timeline(line: Timeline, lang: Language | None = None, *, dark: bool = False) -> Plot:
    """One child month by month: what is due each month, policy upon policy, and what happens on the way.

    Args:
        line: what ``analysis.timeline`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        dark: for a dark page.
    """
    lang = lang or display_language()
    title = Text(
        f"{line.start} 至 {line.end} 逐月应发（元）", f"What is due month by month, {line.start} to {line.end} (yuan)"
    )
    paid = {code for month in line.months for code, due in month.policies.items() if due.low}
    order = sorted(paid)
    names = [line.titles[code].in_(lang) for code in order]
    bars = list(_bars(line, order, lang))
    shared = any(bar["policy"] == _SHARED.in_(lang) for bar in bars)
    width = max(420, min(900, 34 * len(line.months)))
    step = width / len(line.months)
    named = _named([month.month for month in line.months], step)
    # The month, and the year under the first of each.
    label = f"datum.value == '{named[0]}' || slice(datum.value, 5) == '01' ? [slice(datum.value, 5), slice(datum.value, 0, 4)] : slice(datum.value, 5)"
    months = alt.X(
        "month:O", title=None, axis=alt.Axis(labelAngle=0, labelExpr=label, values=named, labelOverlap=False)
    )
    # Above: below it would stand between the months and what happens in them. The axis has its title there, too.
    legend = alt.Legend(columns=1, orient="top", offset=26) if names or shared else None
    colours = [COLOURS[i % len(COLOURS)] for i in range(len(names))]
    if shared:
        names, colours = [*names, _SHARED.in_(lang)], [*colours, QUIET]
    # As they lie in the stack, the first at its foot.
    colour = alt.Color("policy:N", title=None, scale=alt.Scale(domain=names[::-1], range=colours[::-1]), legend=legend)
    drawn: list[Any] = [
        alt.Chart(values(bars), width=width, height=240)
        .mark_bar()
        .encode(
            months,
            alt.Y(
                "low:Q",
                title=_DUE.in_(lang),
                **upwards([number(end) for m in line.months for end in (m.due.low, m.due.high)]),
            ),
            colour,
            alt.Order("order:Q"),  # by code: the same in every language
            tooltip=[alt.Tooltip("policy:N", title=_POLICY.in_(lang)), *_tooltips(lang)],
        )
    ]
    dues = [m.due for m in line.months]
    notes = [*line._not_counted, *_foot([due.low for due in dues], [due.high for due in dues], Frequency.MONTH)]
    highs = [{"month": m.month, **_bounds(m.due)} for m in line.months if m.due.high is not None]
    if any(m.due.low != m.due.high for m in line.months):
        notes += [_UP_TO] if highs else []
        if len(highs) < len(line.months):
            notes.append(_NO_LINE if highs else _NO_BOUND)
        drawn.append(
            alt.Chart(values(highs))
            .mark_tick(color=OPEN, thickness=3, width=min(20, 0.8 * step), opacity=1)
            .encode(months, alt.Y("high:Q"), tooltip=_tooltips(lang))
        )
    parts: list[Any] = [alt.layer(*drawn)]
    numbers = {m.month: number for number, m in enumerate(line.months)}
    events = [
        {"at": _at(e.day, numbers), "kind": e.kind.label.in_(lang), "day": e.day.isoformat(), "text": e.text.in_(lang)}
        for e in line.events
    ]
    lines = [0, *(numbers[month] for month in named if numbers[month]), len(line.months)]
    if events:
        kinds = [kind.label.in_(lang) for kind in EventKind if any(e.kind is kind for e in line.events)]
        parts.append(
            alt.Chart(values(events), width=width, height=22 * len(kinds))
            .mark_point(filled=True, size=110, shape="diamond", color=ink(dark))
            .encode(
                # A month is as wide as its bar's place above; a line stands where one that is named there begins.
                alt.X(
                    "at:Q",
                    title=None,
                    axis=alt.Axis(
                        labels=False,
                        ticks=False,
                        domain=False,
                        grid=True,
                        values=lines,
                        tickCount=len(lines),
                    ),
                    scale=alt.Scale(domain=[0, len(line.months)], nice=False, zero=False),
                ),
                alt.Y("kind:N", title=None, sort=kinds, scale=alt.Scale(domain=kinds)),
                tooltip=[alt.Tooltip("day:N", title=_DAY.in_(lang)), alt.Tooltip("text:N", title=_WHAT.in_(lang))],
            )
        )
    chart = alt.vconcat(*parts, spacing=14).resolve_scale(color="independent")
    return plot(chart, title, lang, tuple(line.rows()), dark, notes)


def _named(months: Sequence[str], step: float) -> list[str]:
    """The months (such as ``2025-09``) that are named, where each is so wide: all, or each quarter's first, … or January."""
    every = next((every for every in (1, 2, 3, 6) if every * step >= _MONTH), 12)
    return [month for month in months if (int(month[5:]) - 1) % every == 0] or list(months[:1])


def _foot(
    lows: Sequence[float | Decimal | None], highs: Sequence[float | Decimal | None], every: Frequency
) -> list[Text]:
    """What is said of a picture in which nothing rises from the foot: that nothing is due, or that nothing surely is."""
    if any(lows):
        return []
    if any(high is None or high for high in highs):
        return [Text(f"没有确定的{every.zh}应发金额", f"nothing is surely due {every.en}")]
    return [Text(f"没有{every.zh}应发金额", f"nothing is due {every.en}")]


def _at(day: dt.date, months: Mapping[str, int]) -> float:
    """Where a day stands among months that are all of one width: its middle."""
    return months[f"{day:%Y-%m}"] + (day.day - 0.5) / monthrange(day.year, day.month)[1]


def _bars(line: Timeline, order: Sequence[str], lang: Language) -> Iterator[dict[str, Any]]:
    for month in line.months:
        sure = {code: due for code, due in month.policies.items() if due.low}
        # Taken together more may be sure than policy by policy: where one pays less, another pays more.
        rest = (month.due.low or ZERO) - sum((due.low or ZERO for due in sure.values()), ZERO)
        if not sure and rest <= 0:
            yield {"month": month.month, "policy": None, "order": 0, "low": 0.0, "high": 0.0}
        for code, due in sure.items():
            yield {
                "month": month.month,
                "policy": line.titles[code].in_(lang),
                "order": order.index(code),
                **_bounds(due),
            }
        if rest > 0:
            yield {
                "month": month.month, "policy": _SHARED.in_(lang), "order": len(order), "low": number(rest), "high": None,
            }  # fmt: skip


def _bounds(total: Total) -> dict[str, Any]:
    return {"low": number(total.low), "high": number(total.high)}


def _tooltips(lang: Language) -> list[Any]:
    return [
        alt.Tooltip("low:Q", title=_LOW.in_(lang), format=",.2f"),
        alt.Tooltip("high:Q", title=_HIGH.in_(lang), format=",.2f"),
    ]


def _left(at: Sequence[float], near: float) -> list[bool]:
    """Of lines from left to right, beside which a text stands on the left, as the next line would run through it."""
    between = [b - a for a, b in pairwise(at)]
    gaps = zip([math.inf, *between], [*between, math.inf], strict=True)
    return [following < near <= before for before, following in gaps] if at else []


def _lost(low: Any, high: Any, lang: Language) -> str:
    if low is not None and low == high:
        return f"-{low:,}"
    if low is not None and low > 0:
        return (Text("减少", "") + bounds_text(low, high, unit=False) + Text("", " less")).in_(lang)
    return Text("可能减少", "may fall").in_(lang)


_YUAN = Text("（元）", " (yuan)")
_DUE = Text("应发（元）", "due (yuan)")
_LOW, _HIGH = Text("至少", "at least"), Text("至多", "at most")
_CLIFF, _OWN = Text("悬崖", "cliff"), Text("本户现况", "as it is")
#: What is sure of all policies together and of none of them.
_SHARED = Text("合计确定，由哪项发放待定", "sure in all, not known by which policy")
_UP_TO = Text("橙色横线：未知事实下至多", "orange lines: at most, by what is not known")
_NO_LINE = Text("没有橙色横线的月份没有已知的上限", "in months without an orange line no upper bound is known")
_OPEN_ABOVE = Text("没有上线之处，没有已知的上限", "where there is no upper line, no upper bound is known")
_NO_BOUND = Text("没有已知的上限", "no upper bound is known")
#: So wide (pixels) is a month that is named.
_MONTH = 30
#: Of the picture's width, what is written beside a cliff.
_NEAR = 0.12
_POLICY, _DAY, _WHAT = Text("政策", "policy"), Text("日期", "day"), Text("事项", "what")
