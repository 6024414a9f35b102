"""Plots of many children: who wins and loses, what policies cost, whom help reaches, how it grew.

Counts pass through ``publishable`` before they are drawn: small numbers are hidden, with what would give them away, unless
the caller says otherwise (``k=None``). Of a hidden number only what it leaves of a published sum is drawn, as "not
published"; how many are hidden stands in the title.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import altair as alt
import attrs

from kinderguard.analysis.dimensions import cell_title, table_title
from kinderguard.analysis.plots.picture import (
    COLOURS,
    FROM_NOUGHT,
    GAIN,
    LOSS,
    OPEN,
    Apart,
    Plot,
    ink,
    number,
    pale,
    plot,
    values,
    width_of,
)  # fmt: skip
from kinderguard.analysis.publishing import publishable
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.money import bounds_text
from kinderguard.model.text import Language, Text
from kinderguard.model.view import display_language

if TYPE_CHECKING:
    from kinderguard.analysis.between import Between
    from kinderguard.analysis.comparing import Comparison
    from kinderguard.analysis.comparing.result import PolicyCost
    from kinderguard.analysis.coverage_result import Coverage
    from kinderguard.analysis.growing import Growth, GrowthPoint

#: Below so many children no number is drawn: this library's default, not law.
K = 10
_QUIET = "#8c959f"
#: What hidden counts of a row leave of its sum.
_REST = "rest"
#: Those as before, with few of whom something is open: no bar shows either.
_NOT_DRAWN = "same_or_open"


class NothingToDrawError(ToldError, ValueError):
    """There is nothing of the kind that was to be drawn."""


def _hidden(count: int, k: int | None, *how: Text) -> tuple[Text, ...]:
    """How many numbers are not drawn, and how that shows."""
    if not count or k is None:
        return ()
    said = (
        Text(
            f"1 个数因小于 {k}，或会让人算出这样的数，未公布",
            f"1 number is not published: it is below {k}, or would give such a number away",
        )
        if count == 1
        else Text(
            f"{count} 个数因小于 {k}，或会让人算出这样的数，未公布",
            f"{count} numbers are not published: they are below {k}, or would give such a number away",
        )
    )
    return (said, *how)


@attrs.frozen
class _Safe:
    """Counts that may be shown.

    Args:
        shown: by row and kind; None where a count is hidden.
        sums: of each row; None where it is hidden.
    """

    shown: Mapping[str, Mapping[str, int | None]]
    sums: Mapping[str, int | None]

    @property
    def hidden(self) -> int:
        """How many counts are hidden."""
        return sum(n is None for kinds in self.shown.values() for n in kinds.values())

    def drawn(self, at: str, k: int) -> int:
        """How long the bar of a row is: what is shown, and what is left of its sum where that is no small number."""
        rest = self.rest(at)
        return sum(n or 0 for n in self.shown[at].values()) + (rest if rest is not None and rest >= k else 0)

    def rest(self, at: str) -> int | None:
        """How many children of a row stand in hidden counts; None where that is hidden too."""
        whole = self.sums[at]
        return None if whole is None else whole - sum(n or 0 for n in self.shown[at].values())


def _counted(cells: Mapping[str, Mapping[str, int]], k: int | None) -> _Safe:
    """Counts by row and kind, safe to show."""
    if k is None:
        return _Safe({at: dict(kinds) for at, kinds in cells.items()}, {at: sum(c.values()) for at, c in cells.items()})
    rows = [{"at": at, "kind": kind, "children": n} for at, kinds in cells.items() for kind, n in kinds.items()]
    table = publishable(rows, k, dimensions=("at", "kind"), total="\0total", progress=False)

    def children(**where: str) -> int | None:
        found = table.number("children", **where)
        return None if found is None else int(found)

    shown = {at: {kind: children(at=at, kind=kind) for kind in kinds} for at, kinds in cells.items()}
    return _Safe(shown, {at: children(at=at) for at in cells})


def _counted_apart(cells: Mapping[str, Mapping[str, int]], k: int | None) -> _Safe:
    """The same for rows that add up to nothing, such as policies: one child may stand in several."""
    found = {at: _counted({at: kinds}, k) for at, kinds in cells.items()}
    return _Safe({at: safe.shown[at] for at, safe in found.items()}, {at: safe.sums[at] for at, safe in found.items()})


def _stacked(
    safe: _Safe,
    k: int | None,
    names: Mapping[str, Text],
    kinds: Mapping[str, tuple[Text, str]],
    axis: Text,
    lang: Language,
    dark: bool,
) -> tuple[Any, tuple[Text, ...], tuple[Mapping[str, Any], ...]]:
    """Bars of counts, kind upon kind, a row each; how hidden counts show; and the figures."""
    shown = safe.shown
    short = [at for at, counts in shown.items() if any(counts.get(kind, 0) is None for kind in kinds)]
    # What is left of a sum is drawn where it is no small number itself.
    rests = {at: rest for at in short if (rest := safe.rest(at)) is not None and rest >= (k or 0)}
    beside = any(n is None for at in rests for kind, n in shown[at].items() if kind not in kinds)
    left = Text("未公布", "not published") + (Text("（含不变）", ", or as before") if beside else Text("", ""))
    drawn = {**kinds, _REST: (left, pale(dark))} if rests else kinds
    rows = [
        {"at": names[at].in_(lang), "kind": drawn[kind][0].in_(lang), "children": n, "order": list(drawn).index(kind)}
        for at, counts in shown.items()
        for kind, n in (*counts.items(), (_REST, rests.get(at)))
        if n is not None and kind in drawn
    ]
    labels = [title.in_(lang) for title, _ in drawn.values()]
    colours = [colour for _, colour in drawn.values()]
    where = alt.Y("at:N", title=None, sort=[names[at].in_(lang) for at in shown])
    chart = (
        alt.Chart(values(rows), width=520, height=alt.Step(26))
        .mark_bar()
        .encode(
            where,
            alt.X("children:Q", title=_CHILDREN.in_(lang), scale=FROM_NOUGHT),
            alt.Color(
                "kind:N", title=None, scale=alt.Scale(domain=labels, range=colours), legend=alt.Legend(columns=3)
            ),
            alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("at:N", title=axis.in_(lang)),
                alt.Tooltip("kind:N", title=" "),
                alt.Tooltip("children:Q", title=_CHILDREN.in_(lang), format=","),
            ],
        )
    )
    open_ = [
        {"at": names[at].in_(lang), "children": sum(n or 0 for k, n in shown[at].items() if k in kinds)}
        for at in short
        if at not in rests
    ]
    if open_:
        # The bar is shorter than the truth there, and says so.
        hidden = alt.Chart(values(open_)).mark_text(align="left", dx=4, color=ink(dark), fontSize=14)
        chart = alt.layer(chart, hidden.encode(where, alt.X("children:Q"), text=alt.value("×")))
    how = (Text("× 处的条形比实际短", "a bar with × is shorter than the truth"),) if open_ else ()
    return chart, how, tuple({"at": at, **counts} for at, counts in shown.items())


def winners(
    found: "Comparison",
    lang: Language | None = None,
    *,
    by: str = "place",
    reform: str | None = None,
    k: int | None = K,
    dark: bool = False,
) -> Plot:
    """Who gains and who loses by a reform, by place, class, age or sex.

    Args:
        found: what ``compare`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        by: the name of a table of the comparison.
        reform: its name; the only one, if left out.
        k: counts below it are hidden, with what would tell them; None for what is not published.
        dark: for a dark page.

    Raises:
        UnknownReformError: there is no such reform, or several and none was named.
        NothingToDrawError: the comparison has no such table.
    """
    lang = lang or display_language()
    effect = found.effect(reform)
    if by not in effect.tables:
        raise _absent(by, effect.tables)
    cells = {" × ".join(key): (key, cell) for key, cell in effect.tables[by].items()}
    counts = {at: {kind: getattr(cell, kind) for kind in (*_KINDS, "same")} for at, (_, cell) in cells.items()}
    if k is not None:
        counts = {at: _gathered(kinds, k) for at, kinds in counts.items()}
    safe = _counted(counts, k)
    dimensions = by.split(" × ")
    names = {at: cell_title(tuple(dimensions), key, found.titles) for at, (key, _) in cells.items()}
    chart, how, rows = _stacked(safe, k, names, _KINDS, table_title(dimensions), lang, dark)
    title = Text(f"{effect.title.zh}：谁受益、谁受损", f"{effect.title.en}: who gains and who loses")
    few = any(_NOT_DRAWN in kinds for kinds in counts.values())
    return plot(chart, title, lang, rows, dark, [*_hidden(safe.hidden, k, *how), *([_few_open(k or 0)] if few else [])])


def _gathered(kinds: Mapping[str, int], k: int) -> dict[str, int]:
    """Few children of whom something is open are counted with others, so that they hide no larger number: with all who may
    gain or lose; where these are few as well, with those that are not drawn, and else with those who may gain, or may lose.

    What is gathered is left out: it is not nothing.
    """
    few = [kind for kind in ("may_gain", "may_lose", "open") if 0 < kinds[kind] < k]
    if not few:
        return dict(kinds)
    together = sum(kinds[kind] for kind in {*few, "open"})
    others = {kind: n for kind, n in kinds.items() if kind not in few}
    if together >= k:
        return others | {"open": together}
    if together + kinds["same"] >= k:
        del others["same"]
        return others | {_NOT_DRAWN: together + kinds["same"]}
    many = [kind for kind in ("may_gain", "may_lose") if kinds[kind] >= k]
    if not many:
        return dict(kinds)
    least = min(many, key=lambda kind: kinds[kind])
    return {kind: n for kind, n in others.items() if kind != least} | {"open": together + kinds[least]}


def _few_open(k: int) -> Text:
    return Text(
        f"一行中可能受益也可能受损等情形不足 {k} 人的，同“不变”一样不画",
        f"where fewer than {k} of a row may gain or lose, they are not drawn, as those as before are not",
    )


def coverage(
    found: "Coverage",
    lang: Language | None = None,
    *,
    policy: str | None = None,
    by: str | None = None,
    k: int | None = K,
    dark: bool = False,
) -> Plot:
    """Whom help reaches and whom it misses: by policy, or for one policy by place, class, age or sex.

    Args:
        found: what ``analysis.coverage`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        policy: one policy, by its code; all of them, side by side, if left out.
        by: the name of a table, for one policy; ``place`` if left out.
        k: counts below it are hidden, with what would tell them; None for what is not published.
        dark: for a dark page.

    Raises:
        NothingToDrawError: there is no such policy or table, or nobody may be eligible for anything.
    """
    lang = lang or display_language()
    if policy is None:
        held = {code: cover for code, cover in found.all.items() if cover.eligible or cover.undetermined}
        names: dict[str, Text] = {code: found.policies[code] for code in held}
        axis, title = Text("政策", "policy"), Text("各项政策覆盖与漏享", "Whom each policy reaches and misses")
    else:
        by = by or "place"
        if policy not in found.policies:
            raise _absent(policy, found.policies)
        if by not in found.tables:
            raise _absent(by, found.tables)
        cells = {" × ".join(key): (key, covers[policy]) for key, covers in found.tables[by].items() if policy in covers}
        dimensions = by.split(" × ")
        names = {at: cell_title(tuple(dimensions), key, found.titles) for at, (key, _) in cells.items()}
        held = {at: cover for at, (_, cover) in cells.items()}
        axis = table_title(dimensions)
        title = found.policies[policy] + Text("：覆盖与漏享", ": whom it reaches and misses")
    if not held:
        raise NothingToDrawError(
            Text("没有可画的内容：无人可能符合。", "There is nothing to draw: nobody may be eligible.")
        )
    counts = {at: {kind: getattr(cover, kind) for kind in _COVER} for at, cover in held.items()}
    safe = _counted_apart(counts, k) if policy is None else _counted(counts, k)
    if policy is None:
        # As long as the bars are drawn: an order by hidden numbers would tell something of them.
        order = sorted(safe.shown, key=lambda at: -safe.drawn(at, k or 0))
        safe = _Safe({at: safe.shown[at] for at in order}, safe.sums)
    chart, how, rows = _stacked(safe, k, names, _COVER, axis, lang, dark)
    return plot(chart, title, lang, rows, dark, _hidden(safe.hidden, k, *how))


def cost(
    found: "Comparison",
    lang: Language | None = None,
    *,
    reform: str | None = None,
    k: int | None = K,
    dark: bool = False,
) -> Plot:
    """What each policy costs a year before and after a reform, low and high where facts are unknown; the dearest first.

    A policy of which no yuan is certain, and no upper bound known, before or after, is counted and not drawn.

    Args:
        found: what ``compare`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        reform: its name; the only one, if left out.
        k: a policy that fewer children may get is left out; None for what is not published. A total that is published
            beside the picture would tell it.
        dark: for a dark page.

    Raises:
        UnknownReformError: there is no such reform, or several and none was named.
        NothingToDrawError: no policy costs anything.
    """
    lang = lang or display_language()
    effect = found.effect(reform)
    paid = [p for p in effect.policies if not (p.before.is_zero and p.after.is_zero)]
    told = [p for p in paid if k is None or all(n == 0 or n >= k for n in p.payees)]
    kept = [p for p in told if any(cost.low_fen or cost.high_fen for cost in (p.before, p.after))]
    if not kept:
        raise NothingToDrawError(Text("没有可画的政策支出。", "There is no policy whose cost can be drawn."))
    kept.sort(key=_dearest, reverse=True)
    names = [p.title + _ONCE if p.every is Frequency.ONCE else p.title for p in kept]
    rows = [
        {
            "policy": name.in_(lang), "when": when.in_(lang), "order": order,
            "low": number(between.low), "high": number(between.high), "said": between.text.in_(lang),
            "short": (_rounded(between) + (_moves(p) if order else _NOTHING)).in_(lang), "end": number(between.low if between.high is None else between.high),
        }
        for p, name in zip(kept, names, strict=True)
        for order, (when, between) in enumerate(((_BEFORE, p.before), (_AFTER, p.after)))
    ]  # fmt: skip
    labels = [_BEFORE.in_(lang), _AFTER.in_(lang)]
    base = alt.Chart(values(rows)).encode(
        alt.Y("policy:N", title=None, sort=[name.in_(lang) for name in names]),
        yOffset=alt.YOffset("when:N", sort=labels),
        tooltip=[
            alt.Tooltip("policy:N", title=_POLICY.in_(lang)),
            alt.Tooltip("when:N", title=" "),
            alt.Tooltip("said:N", title=_COST.in_(lang)),
        ],
    )
    sums = alt.Axis(tickCount=4)  # figures of sums are long
    colour = alt.Color("when:N", title=None, sort=labels, scale=alt.Scale(domain=labels, range=[_QUIET, GAIN]))
    chart = alt.layer(
        base.mark_bar(size=11).encode(alt.X("low:Q", title=_COST.in_(lang), scale=FROM_NOUGHT, axis=sums), colour),
        base.transform_filter("datum.high !== datum.low && datum.high !== null")
        .mark_rule(strokeWidth=2)
        .encode(alt.X("low:Q"), alt.X2("high:Q"), color=alt.value(OPEN)),
        base.transform_filter("datum.high !== datum.low && datum.high !== null")
        .mark_tick(thickness=2, size=11, opacity=1)
        .encode(alt.X("high:Q"), color=alt.value(OPEN)),
        base.mark_text(align="left", dx=5, fontSize=11, color=ink(dark)).encode(alt.X("end:Q"), text="short:N"),
    ).properties(width=460, height=alt.Step(16))
    title = Text(f"{effect.title.zh}：各项政策每年支出", f"{effect.title.en}: what each policy costs a year")
    notes = [
        note
        for note, holds in (
            (_UP_TO, any(cost.high is not None and cost.amount is None for p in kept for cost in (p.before, p.after))),
            (_few(len(paid) - len(told), k), len(paid) > len(told)),
            (_unbounded(len(told) - len(kept)), len(told) > len(kept)),
        )
        if holds
    ]
    table: tuple[Mapping[str, Any], ...] = tuple(
        {"policy": p.code} | {f"{when}_{end}": v for when, b in (("before", p.before), ("after", p.after)) for end, v in b.plain().items()}
        for p in kept
    )  # fmt: skip
    return plot(chart, title, lang, table, dark, notes)


def _moves(policy: "PolicyCost") -> Text:
    """By how much it changes, where the bounds before and after are alike and that is open: the bars would hide it."""
    if policy.before != policy.after or policy.change.is_zero:
        return _NOTHING
    return Text("；变动", "; change ") + _rounded(policy.change)


def _dearest(policy: "PolicyCost") -> tuple[int, int]:
    """By what is certain, then by what may be."""
    both = (policy.before, policy.after)
    return max(cost.low_fen or 0 for cost in both), max(cost.high_fen or 0 for cost in both)


def _rounded(cost: "Between") -> Text:
    """A sum beside its bar, in whole yuan."""
    low, high = (None if end is None else end.quantize(Decimal(1), ROUND_HALF_UP) for end in (cost.low, cost.high))
    return bounds_text(low, high, unit=False)


def _policies(count: int) -> str:
    return f"{count} {'policy' if count == 1 else 'policies'}"


def _few(count: int, k: int | None) -> Text:
    return Text(
        f"另有 {count} 项可能享受的儿童少于 {k} 人，未列出",
        f"left out: {_policies(count)} that fewer than {k} children may get",
    )


def _unbounded(count: int) -> Text:
    return Text(
        f"另有 {count} 项没有确知的支出，也没有上限，未列出",
        f"left out: {_policies(count)} of which no cost is certain and no upper bound known",
    )


def growth(
    found: "Growth", lang: Language | None = None, *, what: Sequence[str] = (), k: int | None = K, dark: bool = False
) -> Plot:
    """How files and help grew over time: a line for assessed files, one for those not assessed, and one for each kind of help.

    Args:
        found: what ``analysis.growth`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        what: codes of categories or policies whose children are drawn as well; the help received, if left out.
        k: counts below it are hidden, with what would tell them on the same day; and a day on which a line has moved by
            less since any day that is drawn, which would give those few away. None for what is not published.
        dark: for a dark page.

    Raises:
        NothingToDrawError: the series has no point.
    """
    lang = lang or display_language()
    if not found.points:
        raise NothingToDrawError(Text("时间序列没有数据。", "The series has no point."))
    days = [p.day.isoformat() for p in found.points]
    at_ends = all((p.day + dt.timedelta(days=1)).day == 1 for p in found.points)
    counted: dict[str, dict[str, int]] = {
        p.day.isoformat(): {"assessed": p.assessed, "not_assessed": p.not_assessed} for p in found.points
    }
    safe = _counted(counted, k)  # the two make up the open files: what is left of one is the other
    hidden = safe.hidden
    files = _Moved(k, counted, ("assessed", "not_assessed"))
    files.keep({day: safe.shown[day] for day in days})
    lines: dict[str, tuple[Text, list[int | None]]] = {
        "assessed": (Text("已评估", "assessed"), files.line("assessed")),
        "not_assessed": (Text("未评估", "not assessed"), files.line("not_assessed")),
    }
    hidden += files.hidden
    helped: dict[str, tuple[Text, list[int | None]]] = {}
    for code in what or dict.fromkeys(code for p in found.points for code in p.receiving):
        said = found.title(code)
        cells = {p.day.isoformat(): _of_open_files(_sure(p, code, held=bool(what)), p.open_files) for p in found.points}
        safe = _counted(cells, k)
        part = _Moved(k, cells, ("in",), whole=files.drawn)
        part.keep(safe.shown)
        hidden += safe.hidden + part.hidden
        helped[code] = (
            said if what else Text(f"确知已享受{said.zh}", f"known to receive: {said.en}"),
            part.line("in"),
        )
    # The legend as the lines lie at their ends, by what is drawn; codes that the caller gave stay in their order.
    lines |= helped if what else dict(sorted(helped.items(), key=lambda row: -_last(row[1][1])))
    rows = [
        {"day": day, "what": title.in_(lang), "children": n}
        for title, counts in lines.values()
        for day, n in zip(days, counts, strict=True)
    ]  # where a count is hidden the line breaks
    labels = [title.in_(lang) for title, _ in lines.values()]
    apart = Apart("what", tuple(labels), columns=2 if max(map(width_of, labels)) <= 40 else 1)
    drawn = [row | {"day": f"{row['day']}T00:00:00"} for row in rows]
    base = alt.Chart(values(drawn), width=560, height=280).encode(
        # The labels stand under the points: a tick at the next month's first would name the wrong month.
        alt.X(
            "day:T",
            title=None,
            axis=alt.Axis(
                format="%Y-%m" if at_ends else "%Y-%m-%d",
                labelAngle=0,
                values=[alt.DateTime(year=p.day.year, month=p.day.month, date=p.day.day) for p in found.points],
            ),
        ),
        alt.Y("children:Q", title=_FILES.in_(lang), scale=FROM_NOUGHT),
    )
    tooltip = [
        alt.Tooltip("day:T", title=_DAY.in_(lang), format="%Y-%m-%d"),
        alt.Tooltip("what:N", title=" "),
        alt.Tooltip("children:Q", title=_FILES.in_(lang), format=","),
    ]
    chart = alt.layer(
        *apart.lines(base),
        apart.points(base, tooltip),
    )
    title = Text("档案与救助的变化", "Files and help over time")
    how = Text("线在该处断开或不画点", "there the line breaks or has no point")
    return plot(chart, title, lang, tuple(rows), dark, _hidden(hidden, k, how))


class _Moved:
    """A line over time, or two that make up one whole: no change of a few from one day that is drawn to another.

    Args:
        k: so few are not shown.
        truth: by day, what the whole consists of: the two lines, or the line (``in``) and the ``rest``.
        lines: the lines of it that are drawn, on one day all or none.
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
        self._shown: dict[str, Mapping[str, int | None]] = {}
        self.hidden = 0

    def keep(self, safe: Mapping[str, Mapping[str, int | None]]) -> None:
        """Hide days that would give a few away; earlier days go first.

        Args:
            safe: by day, the counts that each day by itself may show.
        """
        for day, counts in safe.items():
            tells = None not in counts.values() and any(self._tells(earlier, day) for earlier in self.drawn)
            self.hidden += len(self._lines) if tells else 0
            self._shown[day] = dict.fromkeys(counts) if tells else counts

    @property
    def drawn(self) -> frozenset[str]:
        """The days on which all is drawn."""
        return frozenset(day for day, counts in self._shown.items() if None not in counts.values())

    def _tells(self, earlier: str, day: str) -> bool:
        """Whether a few are given away by what changed between two days."""
        if self._k is None:
            return False
        before, after = self._truth[earlier], self._truth[day]
        moved = [after[line] - before[line] for line in self._lines]
        if self._whole is None or {earlier, day} <= self._whole:
            moved += [after[part] - before[part] for part in after]
            moved.append(sum(after.values()) - sum(before.values()))
        return any(0 < abs(change) < self._k for change in moved)

    def line(self, name: str) -> list[int | None]:
        """What is drawn of one line, day by day."""
        return [counts[name] for counts in self._shown.values()]


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


def _absent(given: str, known: Any) -> NothingToDrawError:
    near = suggestion(given, list(known)) or Text("", "")
    return NothingToDrawError(
        Text(
            f"这里没有 {given!r}；有 {'、'.join(known)}。", f"There is no {given!r} here; there are {', '.join(known)}."
        )
        + near
    )


#: Bars from who gains to who loses; those of whom nothing changes are counted and not drawn.
_KINDS = {
    "gains": (Text("受益", "gains"), GAIN),
    "may_gain": (Text("可能受益", "may gain"), COLOURS[5]),
    "open": (Text("尚不能定", "may gain or lose"), _QUIET),
    "may_lose": (Text("可能受损", "may lose"), OPEN),
    "loses": (Text("受损", "loses"), LOSS),
}
_COVER = {
    "receiving": (Text("已享受", "receive it"), GAIN),
    "not_known_to_receive": (Text("符合，是否享受不详", "eligible, not known whether they receive it"), COLOURS[5]),
    "not_receiving": (Text("符合而漏享", "eligible and missed"), LOSS),
    "undetermined": (Text("是否符合待定", "not known whether eligible"), _QUIET),
}
_CHILDREN, _FILES, _DAY = Text("儿童（人）", "children"), Text("档案（份）", "files"), Text("日期", "day")
_NOTHING = Text("", "")
_ONCE = Text("（一次性）", " (once)")
_UP_TO = Text("橙色线：未知事实下至多", "orange lines: at most, by what is not known")
_BEFORE, _AFTER = Text("之前", "before"), Text("之后", "after")
_POLICY, _COST = Text("政策", "policy"), Text("每年支出（元）", "cost a year (yuan)")
