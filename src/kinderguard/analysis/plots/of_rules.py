"""Plots of rules: a parameter over time, and how a rule decides."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import altair as alt
import attrs

from kinderguard.analysis.plots.nothing import NothingToDrawError, absent
from kinderguard.analysis.plots.picture import (
    COLOURS,
    GAIN,
    LOSS,
    OPEN,
    Apart,
    Plot,
    faint,
    ink,
    number,
    plot,
    upwards,
    values,
    wrapped,
)
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join
from kinderguard.model.view import display_language
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import parts_of
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.operators import ALL, ANY, NOT
from kinderguard.rules.parameters import ASSUMED, Parameter, ParameterValue, show
from kinderguard.rules.titles import Titles
from kinderguard.rules.units import counted_in
from kinderguard.rules.wording import wording


def parameter(
    value: Parameter,
    lang: Language | None = None,
    *,
    places: Iterable[str] | None = None,
    until: dt.date | None = None,
    dark: bool = False,
) -> Plot:
    """A parameter over time: a step line a place, the nation's floor dashed. Bars by place, where nothing is dated.

    More than twelve lines are not told apart: of more places the widest are drawn, of those alike in that the ones with the
    first codes, and a note names what is left out. Choose others with ``places``.

    Args:
        value: the parameter, such as ``book.rules.parameters["cn.dibao.monthly_standard"]``.
        lang: the language of the letters; that of ``display_language``, if left out.
        places: the codes of the places that are drawn, ``"cn"`` for the nation. Twelve in lines, and all in bars, if left out.
        until: the day up to which a value without an end is drawn; the end of the year after the last change, if left out.
        dark: for a dark page.

    Raises:
        ValueError: it is no amount and no number, or has no value.
        NothingToDrawError: one of the places has no value, or no place is named.
    """
    lang = lang or display_language()
    kind = value.kind
    if kind is None or kind.sort not in (Sort.MONEY, Sort.NUMBER) or not value.values:
        raise ValueError(
            f"{value.code} 没有可画的数值。 {value.code} has no amount or number over time to be drawn; "
            "print its card instead: kinderguard rules"
        )
    title = value.title or Text(value.code, value.code)
    if places is not None:
        value = attrs.evolve(value, values=_of_places(value, places))
    days = [d for v in value.values for d in (v.period.start, v.period.end) if d is not None]
    if not days and until is None:
        return _by_place(value, title, lang, dark)
    left_out: list[Text] = []
    if places is None:
        drawn = sorted({v.place for v in value.values}, key=lambda place: (len(place), place))
        if len(drawn) > _MOST_LINES:
            left_out = [_left_out(drawn[_MOST_LINES:])]
            value = attrs.evolve(value, values=_of_places(value, drawn[:_MOST_LINES]))
    first = min(days, default=until or dt.date.min)
    if days and any(v.period.start is None for v in value.values):
        first = dt.date(first.year - 1, first.month, 1)  # what holds from before is seen before the first change
    last = until or dt.date(max(days).year + 1, 12, 31)

    def point(v: ParameterValue, day: dt.date) -> dict[str, Any]:
        where, said = place_name(v.place), show(v.value, kind, value.unit)
        return {
            "day": day.isoformat(), "value": _height(v.value, kind), "place": where.in_(lang), "said": said.in_(lang),
            "source": v.sourced.in_(lang), "trust": v.trust.value, "what_if": _is_what_if(v),
        }  # fmt: skip

    ordered = sorted(value.values, key=lambda v: (v.place, v.period.start or dt.date.min))
    rows = [point(v, day) for v in ordered for day in (v.period.start or first, v.period.end or last)]
    unit = counted_in(kind, value.unit)
    tooltip = [
        alt.Tooltip("place:N", title=_PLACE.in_(lang)),
        alt.Tooltip("said:N", title=_VALUE.in_(lang)),
        alt.Tooltip("day:T", title=_DAY.in_(lang), format="%Y-%m-%d"),
        alt.Tooltip("source:N", title=_SOURCE.in_(lang)),
    ]
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%Y-%m", labelAngle=0, tickCount=6))
    floor_height = None if value.floor is None else _height(value.floor.value, kind)
    heights = [*(_height(v.value, kind) for v in ordered), floor_height]
    y = alt.Y("value:Q", title=unit.in_(lang), **upwards(heights))
    # Where something is dated there is a point; a line without one goes on.
    given = [day is not None for v in ordered for day in (v.period.start, v.period.end)]
    base = alt.Chart(values(row | {"given": g} for row, g in zip(rows, given, strict=True)), width=560, height=260)
    # In the order of their codes, so that a place has one colour in every language.
    apart = Apart("place", tuple(dict.fromkeys(row["place"] for row in rows)), columns=3)
    layers: list[Any] = [
        *apart.lines(base.transform_filter("!datum.what_if").encode(x, y), interpolate="step-after"),
        apart.points(base.transform_filter("datum.given").encode(x, y), tooltip),
    ]
    notes = [*_what_if(ordered, Text("细点线", "dotted lines")), *left_out]
    if any(row["what_if"] for row in rows):
        layers.append(apart.dotted(base.transform_filter("datum.what_if").encode(x, y)))
    if value.floor is not None:
        said = show(value.floor.value, kind, value.unit)
        floor = alt.Chart(values([{"value": floor_height, "text": f"{_FLOOR.in_(lang)} {said.in_(lang)}"}]))
        layers += [
            floor.mark_rule(strokeDash=[5, 4], color=ink(dark)).encode(alt.Y("value:Q")),
            floor.mark_text(align="left", x=4, dy=-7, color=ink(dark)).encode(alt.Y("value:Q"), text="text:N"),
        ]
    return plot(alt.layer(*layers), title, lang, tuple(rows), dark, notes)


def _of_places(value: Parameter, places: Iterable[str]) -> tuple[ParameterValue, ...]:
    """The values of these places."""
    known = {v.place or "cn": v.place for v in value.values}
    chosen = [place or "cn" for place in places]
    for place in chosen:
        if place not in known:
            raise absent(place, known)
    if not chosen:
        raise NothingToDrawError(
            Text("没有选定地区；请写明要画的地区。", "No place is named: name those that are to be drawn.")
        )
    return tuple(v for v in value.values if (v.place or "cn") in chosen)


def _left_out(places: Sequence[str]) -> Text:
    """Which places no line is drawn of."""
    named = join([place_name(place) for place in places[:_NAMED]], "、", ", ")
    if len(places) > _NAMED:
        named += Text(f"等 {len(places)} 处", f" and {len(places) - _NAMED} more")
    return Text("未画：", "not drawn: ") + named + Text("；可另选地区", "; other places can be chosen")


def _is_what_if(value: ParameterValue) -> bool:
    """Whether nobody has set it, but somebody who asks what would be if it were so."""
    return value.source == ASSUMED


def _what_if(given: Sequence[ParameterValue], look: Text) -> list[Text]:
    """That some values are what-if values, which, and from when."""
    assumed = [v for v in given if _is_what_if(v)]
    if not assumed:
        return []
    where = join([place_name(v.place) for v in assumed[:_NAMED]], "、", ", ")
    if len(assumed) > _NAMED:
        where += Text(f"等 {len(assumed)} 处", f" and {len(assumed) - _NAMED} more")
    start = min((v.period.start for v in assumed if v.period.start is not None), default=None)
    days = Text("不分日期", "on every day") if start is None else Text(f"自 {start} 起", f"from {start}")
    return [
        look + Text("：测算时假设的数值（", ": a what-if value (") + where + Text("，", ", ") + days + Text("）", ")")
    ]


def _height(raw: Any, kind: Kind) -> float | None:
    return number(raw / 100 if kind.sort is Sort.MONEY else raw)


def _by_place(value: Parameter, title: Text, lang: Language, dark: bool) -> Plot:
    assert value.kind is not None
    kind, given = value.kind, [(v.place, v) for v in value.values]
    rows = [
        {
            "place": place_name(place).in_(lang), "value": _height(v.value, kind), "source": v.sourced.in_(lang),
            "said": show(v.value, kind, value.unit).in_(lang), "trust": v.trust.value, "what_if": _is_what_if(v),
        }
        for place, v in given
    ]  # fmt: skip
    base = alt.Chart(values(rows), width=460, height=alt.Step(28)).encode(alt.Y("place:N", title=None, sort="-x"))
    tooltip = [alt.Tooltip("said:N", title=_VALUE.in_(lang)), alt.Tooltip("source:N", title=_SOURCE.in_(lang))]
    unit = counted_in(kind, value.unit)
    floor_height = None if value.floor is None else _height(value.floor.value, kind)
    layers: list[Any] = [
        base.mark_bar(color=GAIN, stroke=GAIN).encode(
            alt.X(
                "value:Q", title=unit.in_(lang), **upwards([*(_height(v.value, kind) for _, v in given), floor_height])
            ),
            fillOpacity=alt.condition("datum.what_if", alt.value(0.15), alt.value(1)),
            strokeDash=alt.condition("datum.what_if", alt.value([4, 3]), alt.value([1, 0])),
            tooltip=tooltip,
        ),
        base.mark_text(align="left", dx=5, color=ink(dark)).encode(alt.X("value:Q"), text="said:N"),
    ]
    notes = _what_if([v for _, v in given], Text("空心条", "hollow bars"))
    if value.floor is not None:
        floor = alt.Chart(values([{"value": floor_height}]))
        layers.append(floor.mark_rule(strokeDash=[5, 4], color=ink(dark)).encode(alt.X("value:Q")))
        said = show(value.floor.value, kind, value.unit)
        notes.append(Text(f"虚线为国家下限 {said.zh}", f"dashed: the national floor, {said.en}"))
    return plot(alt.layer(*layers), title, lang, tuple(rows), dark, notes)


#: How wide a letter and a step inwards are, how high a row and a line within it; and the letters in a line of the deepest row.
_LETTER, _STEP, _ROW, _LINE, _LETTERS = 7, 26, 21, 16, 60


@attrs.frozen
class _Row:
    """One line of a tree: how deep it lies, what it is, and what it says."""

    depth: int
    mark: str
    text: Text


def decision_tree(
    rule: Category | Policy | Check, lang: Language | None = None, *, titles: Titles | None = None, dark: bool = False
) -> Plot:
    """How a rule decides: all of these, one of these, not this, down to the plain questions.

    Args:
        rule: a category, policy or check.
        lang: the language of the letters; that of ``display_language``, if left out.
        titles: names of categories, parameters and packs' facts by code: ``book.overlay(place).titles``.
        dark: for a dark page.
    """
    lang = lang or display_language()
    seen: set[n.Node] = set()
    conditions = [expr.node for _, expr in parts_of(rule) if expr.node.kind.sort is Sort.BOOL]
    rows = [row for node in conditions for row in _tree(node, 0, titles, seen)]
    deepest = max((row.depth for row in rows), default=0)
    shown, lines, top = [], [], 0.0
    above: dict[int, float] = {}
    for row in rows:
        # As far as the deepest row reaches, which has room for a line of its own.
        text = wrapped(row.text.in_(lang), _LETTERS + (deepest - row.depth) * _STEP // _LETTER)
        middle = top + 0.5
        shown.append({"x": row.depth, "y": middle, "text": text, "mark": row.mark, "kind": _MARKS[row.mark].in_(lang)})
        if row.depth:
            lines.append({"x": row.depth - 1, "x2": row.depth, "y": middle, "y2": middle})
            lines.append({"x": row.depth - 1, "x2": row.depth - 1, "y": above[row.depth - 1], "y2": middle})
        above[row.depth] = middle
        top += 1 + (len(text) - 1) * _LINE / _ROW
    letters = _LETTERS * _LETTER
    width, height = _STEP * (deepest + 1) + letters, round(_ROW * max(top, 1))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.3, deepest + 1 + letters / _STEP], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[top, 0], nice=False))
    base = alt.Chart(values(shown), width=width, height=height)
    # No kind is in the legend that is not in the tree.
    looks = dict(zip(_MARKS, (GAIN, OPEN, LOSS, COLOURS[2], ink(dark)), strict=True))
    used = [mark for mark in _MARKS if any(row.mark == mark for row in rows)]
    kinds, colours = [_MARKS[mark].in_(lang) for mark in used], [looks[mark] for mark in used]
    colour = alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=alt.Legend(columns=5))
    layers = [
        alt.Chart(values(lines)).mark_rule(color=faint(dark)).encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q")),
        base.mark_point(filled=True, size=70, opacity=1).encode(x, y, colour),
        base.mark_text(align="left", baseline="middle", dx=9, lineHeight=_LINE, color=ink(dark), fontSize=12).encode(
            x, y, text="text:N"
        ),
    ]
    table = tuple({"depth": row.depth, "kind": row.mark, "zh": row.text.zh, "en": row.text.en} for row in rows)
    return plot(alt.layer(*layers), _title_of(rule), lang, table, dark)


def _title_of(rule: Category | Policy | Check) -> Text:
    return rule.title if isinstance(rule, Category | Policy) else rule.reason


def _tree(node: n.Node, depth: int, titles: Titles | None, seen: set[n.Node]) -> Iterator[_Row]:
    """A condition from its whole down to its plain questions; a named step is taken apart where it stands first."""
    name = node.title if isinstance(node, n.Named) else None
    body = node.arg if isinstance(node, n.Named) else node
    mark = {n.And: "all", n.Or: "any", n.Not: "not", n.InCategory: "category"}.get(type(body), "ask")
    parts = body.args if isinstance(body, n.And | n.Or) else (body.arg,) if isinstance(body, n.Not) else ()
    if not any(isinstance(part, n.And | n.Or | n.Named) for part in parts) and isinstance(body, n.Not):
        parts = ()  # "is not adopted" says all: with a mark of its own it would be denied twice
        mark = "category" if isinstance(body.arg, n.InCategory) else "ask"
    if name is not None and parts and body in seen:
        yield _Row(depth, mark, name + Text("（见上）", " (see above)"))
        return
    seen.add(body)
    said = _SAID[mark] if parts else None
    yield _Row(depth, mark, name + Text("：", ": ") + said if name and said else name or said or wording(body, titles))
    for part in parts:
        yield from _tree(part, depth + 1, titles, seen)


_MARKS = {
    "all": ALL,
    "any": ANY,
    "not": NOT,
    "category": Text("另一类别", "another category"),
    "ask": Text("一项条件", "a plain condition"),
}
_SAID = {"all": ALL, "any": ANY, "not": NOT}
_PLACE, _VALUE, _DAY, _SOURCE = (
    Text("地区", "place"),
    Text("数值", "value"),
    Text("日期", "day"),
    Text("来源", "source"),
)
#: So many lines are told apart: twice the colours.
_MOST_LINES = 12
#: So many places are named in a note.
_NAMED = 3
_FLOOR = Text("国家下限", "national floor")
