"""Plots of many children: who wins and loses, whom help reaches, how it grew.

Counts pass through ``publishable`` before they are drawn: small numbers are hidden, with what would give them away, unless
the caller says otherwise (``k=None``); what no bar shows is hidden rather than what one does. How many are hidden stands in
the title.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import altair as alt

from kinderguard.analysis.dimensions import cell_title, table_title
from kinderguard.analysis.plots.counted import SUM, K, Safe, counted_apart, named, said_hidden, said_of, stacked
from kinderguard.analysis.plots.nothing import NothingToDrawError, absent
from kinderguard.analysis.plots.picture import (
    COLOURS,
    GAIN,
    LOSS,
    OPEN,
    QUIET,
    Apart,
    Plot,
    plot,
    upwards,
    values,
    width_of,
)  # fmt: skip
from kinderguard.analysis.plots.protected import coverage_shown, said_beside, winners_shown
from kinderguard.model.text import Language, Text
from kinderguard.model.view import display_language

if TYPE_CHECKING:
    from kinderguard.analysis.comparing import Comparison
    from kinderguard.analysis.coverage_result import Coverage
    from kinderguard.analysis.growing import Growth, GrowthPoint


def winners(
    found: "Comparison",
    lang: Language | None = None,
    *,
    by: str = "place",
    reform: str | None = None,
    k: int | None = K,
    beside: Iterable[str] | None = None,
    dark: bool = False,
) -> Plot:
    """Who gains and who loses by a reform, by place, class, age or sex.

    The pictures of one comparison may be published side by side: what is hidden is chosen once for all its tables and
    reforms. Tables by three dimensions take seconds the first time.

    Args:
        found: what ``compare`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        by: the name of a table of the comparison.
        reform: its name; the only one, if left out.
        k: counts below it are hidden, with what would tell them; None for what is not published.
        beside: the tables whose pictures are published beside this one, which hides less and is faster where many were
            counted; give the same tables to each of their pictures. All that were counted, if left out.
        dark: for a dark page.

    Raises:
        UnknownReformError: there is no such reform, or several and none was named.
        NothingToDrawError: the comparison has no such table, or nobody gains or loses, for certain or perhaps.
        ProtectionError: small numbers cannot be protected (tell us); k=None draws what is not published.
    """
    lang = lang or display_language()
    effect = found.effect(reform)
    if by not in effect.tables:
        raise absent(by, effect.tables)
    cells = {" × ".join(key): (key, cell) for key, cell in effect.tables[by].items()}
    told = said_beside(beside, effect.tables, k)
    # Those as before are in no bar: they are hidden beside a small number rather than others; then what is in a short one.
    safe = winners_shown(found, by, effect.name, (*_KINDS, "same"), k, beside)
    name = named(effect)
    if safe.is_nought(_KINDS):
        raise NothingToDrawError(
            Text(
                f"没有可画的内容：“{name.zh}”下无人受益、无人受损，也无人待定。",
                f"There is nothing to draw: by ‘{name.en}’ nobody gains or loses, for certain or perhaps.",
            )
        )
    dimensions = by.split(" × ")
    names = {at: cell_title(tuple(dimensions), key, found.titles) for at, (key, _) in cells.items()}
    bars = stacked(safe, k, names, _KINDS, table_title(dimensions), lang, dark)
    title = Text(f"{name.zh}：谁受益、谁受损", f"Who gains and who loses: {name.en}")
    notes = [said_of(found), *said_hidden(safe.hidden(_KINDS), k, *bars.how), *told]
    notes += [_OVERLAPPING] if "class" in dimensions else []
    return plot(bars.chart, title, lang, bars.rows, dark, notes)


def coverage(
    found: "Coverage",
    lang: Language | None = None,
    *,
    policy: str | None = None,
    by: str | None = None,
    k: int | None = K,
    beside: Iterable[str] | None = None,
    dark: bool = False,
) -> Plot:
    """Whom help reaches and whom it misses: by policy, or for one policy by place, class, age or sex.

    The pictures of one coverage may be published side by side: what is hidden of a policy is chosen once for all tables.

    Args:
        found: what ``analysis.coverage`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        policy: one policy, by its code; all of them, side by side, if left out.
        by: the name of a table, for one policy; ``place`` if left out.
        k: counts below it are hidden, with what would tell them; None for what is not published.
        beside: the tables whose pictures are published beside this one, as for ``winners``.
        dark: for a dark page.

    Raises:
        NothingToDrawError: there is no such policy or table, or nobody may be eligible for anything.
        ProtectionError: small numbers cannot be protected (tell us); k=None draws what is not published.
    """
    lang = lang or display_language()
    if policy is None:
        held = {code: cover for code, cover in found.all.items() if cover.eligible or cover.undetermined}
        names: dict[str, Text] = {code: found.policies[code] for code in held}
        axis, title = Text("政策", "policy"), Text("各项政策覆盖与漏享", "Whom each policy reaches and misses")
    else:
        by = by or "place"
        if policy not in found.policies:
            raise absent(policy, found.policies)
        if by not in found.tables:
            raise absent(by, found.tables)
        cells = {" × ".join(key): (key, covers[policy]) for key, covers in found.tables[by].items() if policy in covers}
        dimensions = by.split(" × ")
        names = {at: cell_title(tuple(dimensions), key, found.titles) for at, (key, _) in cells.items()}
        held = {at: cover for at, (_, cover) in cells.items()}
        axis = table_title(dimensions)
        title = found.policies[policy] + Text("：覆盖与漏享", ": whom it reaches and misses")
    if not held:
        raise NothingToDrawError(_NOBODY)
    told = said_beside(beside, found.tables, k)
    # No bar says what its parts come to: that is hidden beside a small number rather than another part.
    if policy is None:
        each = {code: coverage_shown(found, code, "", _COVER, k, beside) for code in held}
        safe = Safe({at: one.shown[""] for at, one in each.items()}, {at: one.sums[""] for at, one in each.items()})
        # As long as the bars are drawn: an order by hidden numbers would tell something of them.
        order = sorted(safe.shown, key=lambda at: -safe.drawn(at, k or 0, _COVER))
        safe = Safe({at: safe.shown[at] for at in order}, safe.sums)
    else:
        safe = coverage_shown(found, policy, by or "place", _COVER, k, beside)
        safe = Safe({at: safe.shown[at] for at in held}, safe.sums)
    if safe.is_nought(_COVER):
        raise NothingToDrawError(_NOBODY)
    bars = stacked(safe, k, names, _COVER, axis, lang, dark)
    overlap = policy is not None and "class" in (by or "").split(" × ")
    notes = [said_of(found), *said_hidden(safe.hidden(), k, *bars.how), *told, *([_OVERLAPPING] if overlap else [])]
    return plot(bars.chart, title, lang, bars.rows, dark, notes)


def growth(
    found: "Growth", lang: Language | None = None, *, what: Sequence[str] = (), k: int | None = K, dark: bool = False
) -> Plot:
    """How files and help grew over time: a line for assessed files, one for those not assessed, and one for each kind of help.

    Args:
        found: what ``analysis.growth`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        what: codes of categories or policies whose children are drawn as well; the help received, if left out.
        k: counts below it are hidden, with what would tell them on the same day; and a point by which a line, or what two
            lines make up together, differs by less from that of another day that is drawn, which would give those few away.
            The last day is drawn rather than the others, then the earlier ones; a nought counts nobody and is drawn. How
            many files are open is no line: do not publish it beside a picture in which one of the two is hidden. None for
            what is not published.
        dark: for a dark page.

    Raises:
        NothingToDrawError: the series has no point.
    """
    lang = lang or display_language()
    if not found.points:
        raise NothingToDrawError(Text("时间序列没有数据。", "The series has no point."))
    days = [p.day.isoformat() for p in found.points]
    at_ends = all((p.day + dt.timedelta(days=1)).day == 1 for p in found.points)
    files_of: dict[str, dict[str, int]] = {
        p.day.isoformat(): {"assessed": p.assessed, "not_assessed": p.not_assessed} for p in found.points
    }
    # What the two come to is no line: it is hidden beside a small number rather than the other of them.
    safe = counted_apart(files_of, k, (SUM,))
    files = _Moved(k, files_of, ("assessed", "not_assessed"))
    files.keep(safe.shown)
    lines: dict[str, tuple[Text, list[int | None]]] = {
        "assessed": (Text("已评估", "assessed"), files.line("assessed")),
        "not_assessed": (Text("未评估", "not assessed"), files.line("not_assessed")),
    }
    helped: dict[str, tuple[Text, list[int | None]]] = {}
    for code in what or dict.fromkeys(code for p in found.points for code in p.receiving):
        said = found.title(code)
        cells = {p.day.isoformat(): _of_open_files(_sure(p, code, held=bool(what)), p.open_files) for p in found.points}
        # What the days come to is no number, so each stands by itself; of how many files it is a part may be known.
        safe = counted_apart(cells, k, ("rest", "in"))
        part = _Moved(k, cells, ("in",), whole=files.drawn)
        part.keep(safe.shown)
        helped[code] = (
            Text(f"{said.zh}（已评估者中）", f"{said.en} (of those assessed)")
            if what
            else Text(f"确知已享受{said.zh}", f"known to receive: {said.en}"),
            part.line("in"),
        )
    # The legend as the lines lie at their ends, by what is drawn; codes that the caller gave stay in their order.
    lines |= helped if what else dict(sorted(helped.items(), key=lambda row: -_last(row[1][1])))
    rows = [
        {"day": day, "what": title.in_(lang), "children": n}
        for title, counts in lines.values()
        for day, n in zip(days, counts, strict=True)
    ]
    drawn = [n for _, counts in lines.values() for n in counts]
    labels = [title.in_(lang) for title, _ in lines.values()]
    apart = Apart("what", tuple(labels), columns=2 if max(map(width_of, labels)) <= 40 else 1)
    gaps, marks = _withheld(rows)
    base = alt.Chart(_timed(rows), width=560, height=280).encode(
        # The labels stand under the points: a tick at the next month's first would name the wrong month.
        alt.X(
            "day:T",
            title=None,
            axis=alt.Axis(
                format="%Y-%m" if at_ends else "%Y-%m-%d",
                labelAngle=0,
                values=[alt.DateTime(year=p.day.year, month=p.day.month, date=p.day.day) for p in found.points],
                labelPadding=2 + _STRIP * len({row["what"] for row in marks}),
            ),
        ),
        alt.Y("children:Q", title=_FILES.in_(lang), **upwards(drawn, whole=True)),
    )
    tooltip = [
        alt.Tooltip("day:T", title=_DAY.in_(lang), format="%Y-%m-%d"),
        alt.Tooltip("what:N", title=" "),
        alt.Tooltip("children:Q", title=_FILES.in_(lang), format=","),
    ]
    layers = [*apart.lines(base), apart.points(base, tooltip)]
    if gaps:
        layers.insert(0, apart.bridges(base.properties(data=_timed(gaps))))
    for line, name in enumerate(dict.fromkeys(row["what"] for row in marks)):
        here = [row for row in marks if row["what"] == name]
        layers.append(apart.crosses(alt.Chart(_timed(here)).encode(alt.X("day:T")), 280 + _STRIP * (line + 0.8)))
    title = Text("档案与救助的变化", "Files and help over time")
    notes = said_hidden(len(marks), k, _MARKED_IN_GAPS if gaps else _MARKED)
    return plot(alt.layer(*layers), title, lang, tuple(rows), dark, notes)


def _timed(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Rows as data whose days are days here and not in Greenwich."""
    return values([{**row, "day": f"{row['day']}T00:00:00"} for row in rows])


def _withheld(rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What shows that numbers are hidden: the ends of each gap in a line, and a mark for each number.

    Both are made of what is drawn and of which days are not.
    """
    gaps: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    for name in dict.fromkeys(row["what"] for row in rows):
        line = [row for row in rows if row["what"] == name]
        marks += [{"day": row["day"], "what": name} for row in line if row["children"] is None]
        drawn = [at for at, row in enumerate(line) if row["children"] is not None]
        for first, last in pairwise(drawn):
            if last - first > 1:
                gaps += [{**line[at], "gap": f"{name} {first}"} for at in (first, last)]
    return gaps, marks


class _Moved:
    """A line over time, or two that make up one whole: no change of a few from one day that is drawn to another.

    The last day is drawn rather than the others, since how things stand now is what the line is read for; then the earlier
    ones, so that a picture with another last day hides other days only where few come between.

    Args:
        k: so few are not shown.
        truth: by day in order, what the whole consists of: the two lines, or the line (``in``) and the ``rest``.
        lines: the lines of it that are drawn; the last gives way where both would tell of the whole.
        whole: the days on which the whole is told elsewhere; by the lines themselves, if None.
    """

    def __init__(
        self,
        k: int | None,
        truth: Mapping[str, Mapping[str, int]],
        lines: tuple[str, ...],
        whole: frozenset[str] | None = None,
    ) -> None:
        self._k, self._truth, self._lines, self._whole = k, truth, lines, whole
        self._shown: dict[str, dict[str, int | None]] = {}

    def keep(self, safe: Mapping[str, Mapping[str, int | None]]) -> None:
        """Hide what would give a few away.

        Args:
            safe: by day, the counts that each day by itself may show.
        """
        *earlier, last = self._truth
        for day in (last, *earlier):
            shown = self._shown[day] = {line: safe[day][line] for line in self._lines}
            for line in self._lines:
                others = [d for d, counts in self._shown.items() if d != day and counts[line] is not None]
                if shown[line] is not None and any(self._few(d, day, (line,)) for d in others):
                    shown[line] = None
            if day in self.drawn and any(self._tells(d, day) for d in self.drawn - {day}):
                shown[self._lines[-1]] = None

    @property
    def drawn(self) -> frozenset[str]:
        """The days on which all is drawn."""
        return frozenset(day for day, counts in self._shown.items() if None not in counts.values())

    def _tells(self, other: str, day: str) -> bool:
        """Whether the whole, and so what is left of it, tells of a few."""
        if self._whole is not None and not {other, day} <= self._whole:
            return False
        parts = tuple(self._truth[day])
        return self._few(other, day, parts) or any(self._few(other, day, (part,)) for part in parts)

    def _few(self, other: str, day: str, parts: tuple[str, ...]) -> bool:
        """Whether these together differ by a few between two days."""
        moved = sum(self._truth[day][part] - self._truth[other][part] for part in parts)
        return self._k is not None and 0 < abs(moved) < self._k

    def line(self, name: str) -> list[int | None]:
        """What is drawn of one line, day by day."""
        return [self._shown[day][name] for day in self._truth]


def _sure(point: "GrowthPoint", code: str, *, held: bool) -> int:
    """Of how many open files a category, policy or help is sure."""
    found = point.categories.get(code) or point.policies.get(code) if held else point.receiving.get(code)
    return found[0] if found else 0


def _of_open_files(count: int, files: int) -> dict[str, int]:
    """A part of the open files, and the rest."""
    return {"in": count, "rest": files - count}


def _last(counts: Sequence[int | None]) -> int:
    """The last number that is drawn; less than nothing where none is."""
    return next((n for n in reversed(counts) if n is not None), -1)


#: Bars from who gains to who loses; those of whom nothing changes are counted and not drawn.
_KINDS = {
    "gains": (Text("受益", "gains"), GAIN),
    "may_gain": (Text("可能受益", "may gain"), COLOURS[5]),
    "open": (Text("尚不能定", "may gain or lose"), QUIET),
    "may_lose": (Text("可能受损", "may lose"), OPEN),
    "loses": (Text("受损", "loses"), LOSS),
}
_COVER = {
    "receiving": (Text("已享受", "receive it"), GAIN),
    "not_known_to_receive": (Text("符合，是否享受不详", "eligible, not known whether they receive it"), COLOURS[5]),
    "not_receiving": (Text("符合而漏享", "eligible and missed"), LOSS),
    "perhaps_due": (Text("符合而未享受，是否有应发金额不详", "eligible and not receiving, perhaps nothing due"), OPEN),
    "nothing_due": (Text("符合，无应发金额", "eligible, nothing due"), COLOURS[3]),
    "undetermined": (Text("是否符合待定", "not known whether eligible"), QUIET),
}
_NOBODY = Text("没有可画的内容：无人可能符合。", "There is nothing to draw: nobody may be eligible.")
#: How high a line of marks under the picture is.
_STRIP = 12
_MARKED = Text("图下的 × 标出这些日期", "× under the picture marks these days")
_MARKED_IN_GAPS = _MARKED + Text("，细点线只连接其前后的点", "; thin dots only join the points about them")
_FILES, _DAY = Text("档案（份）", "files"), Text("日期", "day")
_OVERLAPPING = Text(
    "一名儿童可同属几类，各行相加会多于总数", "a child of two classes stands in both rows: they do not add up to all"
)
