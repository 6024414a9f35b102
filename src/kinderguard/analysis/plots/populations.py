"""Plots of many children: who wins and loses, what policies cost, whom help reaches, how it grew.

Counts pass through ``publishable`` before they are drawn: small numbers are hidden, with what would give them away, unless
the caller says otherwise (``k=None``). A hidden number is not drawn; how many are hidden stands in the title.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import altair as alt

from kinderguard.analysis.dimensions import cell_title, table_title
from kinderguard.analysis.plots.picture import COLOURS, GAIN, LOSS, OPEN, Plot, number, plot, values
from kinderguard.analysis.publishing import publishable
from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.text import Language, Text
from kinderguard.model.view import display_language

if TYPE_CHECKING:
    from kinderguard.analysis.comparing import Comparison
    from kinderguard.analysis.covering import Coverage
    from kinderguard.analysis.growing import Growth, GrowthPoint

#: Below so many children no number is drawn: this library's default, not law.
K = 10
_QUIET = "#8c959f"


class NothingToDrawError(ToldError, ValueError):
    """There is nothing of the kind that was to be drawn."""


def _hidden(title: Text, count: int, k: int | None) -> Text:
    """The title, with how many numbers are not drawn."""
    if not count or k is None:
        return title
    return title + Text(f"（×：{count} 个数因小于 {k} 或会泄露小数而未公布）", f" (×: {count} numbers are not published: below {k}, or they would tell)")  # fmt: skip


def _counted(cells: Mapping[str, Mapping[str, int]], k: int | None) -> tuple[dict[str, dict[str, int | None]], int]:
    """Counts by row and kind, safe to show; and how many are hidden."""
    if k is None:
        return {at: dict(kinds) for at, kinds in cells.items()}, 0
    rows = [{"at": at, "kind": kind, "children": n} for at, kinds in cells.items() for kind, n in kinds.items()]
    table = publishable(rows, k, dimensions=("at", "kind"), total="\0total", progress=False)
    shown: dict[str, dict[str, int | None]] = {
        at: {kind: table.number("children", at=at, kind=kind) for kind in kinds}  # type: ignore[misc]
        for at, kinds in cells.items()
    }
    return shown, sum(n is None for kinds in shown.values() for n in kinds.values())


def _stacked(
    shown: Mapping[str, Mapping[str, int | None]],
    names: Mapping[str, Text],
    kinds: Mapping[str, tuple[Text, str]],
    axis: Text,
    lang: Language,
) -> tuple[Any, tuple[Mapping[str, Any], ...]]:
    """Bars of counts, kind upon kind, a row each; and the figures."""
    rows = [
        {"at": names[at].in_(lang), "kind": kinds[kind][0].in_(lang), "children": n, "order": list(kinds).index(kind)}
        for at, counts in shown.items()
        for kind, n in counts.items()
        if n is not None and kind in kinds
    ]
    labels = [title.in_(lang) for title, _ in kinds.values()]
    colours = [colour for _, colour in kinds.values()]
    chart = (
        alt.Chart(values(rows), width=520, height=alt.Step(26))
        .mark_bar()
        .encode(
            alt.Y(
                "at:N",
                title=axis.in_(lang),
                sort=[names[at].in_(lang) for at in shown],
                axis=alt.Axis(labelLimit=320),
            ),
            alt.X("children:Q", title=_CHILDREN.in_(lang)),
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
    short = [
        {"at": names[at].in_(lang), "children": sum(n for k, n in counts.items() if n is not None and k in kinds)}
        for at, counts in shown.items()
        if any(counts.get(kind, 0) is None for kind in kinds)
    ]
    if short:
        # The bar is shorter than the truth there, and says so.
        hidden = alt.Chart(values(short)).mark_text(align="left", dx=4, color=_QUIET, fontSize=14)
        chart = alt.layer(chart, hidden.encode(alt.Y("at:N"), alt.X("children:Q"), text=alt.value("×")))
    return chart, tuple({"at": at, **counts} for at, counts in shown.items())


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
    shown, hidden = _counted(counts, k)
    dimensions = by.split(" × ")
    names = {at: cell_title(tuple(dimensions), key, found.titles) for at, (key, _) in cells.items()}
    chart, rows = _stacked(shown, names, _KINDS, table_title(dimensions), lang)
    title = Text(f"{effect.name}：谁受益、谁受损", f"{effect.name}: who gains and who loses")
    return plot(chart, _hidden(title, hidden, k), lang, rows, dark)


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
    shown, hidden = _counted(counts, k)
    chart, rows = _stacked(shown, names, _COVER, axis, lang)
    return plot(chart, _hidden(title, hidden, k), lang, rows, dark)


def cost(
    found: "Comparison",
    lang: Language | None = None,
    *,
    reform: str | None = None,
    k: int | None = K,
    dark: bool = False,
) -> Plot:
    """What each policy costs a year before and after a reform, low and high where facts are unknown.

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
    kept = [p for p in paid if k is None or all(n == 0 or n >= k for n in p.payees)]
    if not kept:
        raise NothingToDrawError(Text("没有可画的政策支出。", "There is no policy whose cost can be drawn."))
    rows = [
        {
            "policy": p.title.in_(lang), "when": when.in_(lang), "order": order,
            "low": number(between.low), "high": number(between.high), "said": between.text.in_(lang),
        }
        for p in kept
        for order, (when, between) in enumerate(((_BEFORE, p.before), (_AFTER, p.after)))
    ]  # fmt: skip
    labels = [_BEFORE.in_(lang), _AFTER.in_(lang)]
    base = alt.Chart(values(rows)).encode(
        alt.Y("policy:N", title=None, axis=alt.Axis(labelLimit=260)),
        yOffset=alt.YOffset("when:N", sort=labels),
        tooltip=[
            alt.Tooltip("policy:N", title=_POLICY.in_(lang)),
            "when:N",
            alt.Tooltip("said:N", title=_COST.in_(lang)),
        ],
    )
    colour = alt.Color("when:N", title=None, sort=labels, scale=alt.Scale(domain=labels, range=[_QUIET, GAIN]))
    chart = alt.layer(
        base.mark_bar(size=11).encode(alt.X("low:Q", title=_COST.in_(lang)), colour),
        base.mark_rule(strokeWidth=2).encode(alt.X("low:Q"), alt.X2("high:Q"), color=alt.value(OPEN)),
        base.mark_tick(thickness=2, size=11).encode(alt.X("high:Q"), color=alt.value(OPEN)),
        base.transform_filter("datum.high === null")
        .mark_text(align="left", dx=3, color=OPEN)
        .encode(alt.X("low:Q"), text=alt.value(_OR_MORE.in_(lang))),
    ).properties(width=460, height=alt.Step(16))
    title = Text(f"{effect.name}：各项政策每年支出", f"{effect.name}: what each policy costs a year")
    table: tuple[Mapping[str, Any], ...] = tuple(
        {"policy": p.code} | {f"{when}_{end}": v for when, b in (("before", p.before), ("after", p.after)) for end, v in b.plain().items()}
        for p in kept
    )  # fmt: skip
    return plot(chart, _hidden(title, len(paid) - len(kept), k), lang, table, dark)


def growth(
    found: "Growth", lang: Language | None = None, *, what: Sequence[str] = (), k: int | None = K, dark: bool = False
) -> Plot:
    """How files and help grew over time: a line for assessed files, one for those not assessed, and one for each kind of help.

    Args:
        found: what ``analysis.growth`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        what: codes of categories or policies whose children are drawn as well; the help received, if left out.
        k: counts below it are hidden, with what would tell them on the same day; a small change from one day to the next
            is not. None for what is not published.
        dark: for a dark page.

    Raises:
        NothingToDrawError: the series has no point.
    """
    lang = lang or display_language()
    if not found.points:
        raise NothingToDrawError(Text("时间序列没有数据。", "The series has no point."))
    days = [p.day.isoformat() for p in found.points]
    counted: dict[str, dict[str, int]] = {
        p.day.isoformat(): {"assessed": p.assessed, "not_assessed": p.not_assessed} for p in found.points
    }
    shown, hidden = _counted(counted, k)  # the two make up the open files: what is left of one is the other
    lines: dict[str, tuple[Text, list[int | None]]] = {
        "assessed": (Text("已评估", "assessed"), [shown[day]["assessed"] for day in days]),
        "not_assessed": (Text("未评估", "not assessed"), [shown[day]["not_assessed"] for day in days]),
    }
    for code in what or dict.fromkeys(code for p in found.points for code in p.receiving):
        said = found.title(code)
        cells = {p.day.isoformat(): _of_open_files(_sure(p, code, held=bool(what)), p.open_files) for p in found.points}
        safe, more = _counted(cells, k)
        hidden += more
        lines[code] = (
            said if what else Text(f"确知已享受{said.zh}", f"known to receive {said.en}"),
            [safe[d]["in"] for d in days],
        )
    rows = [
        {"day": day, "what": title.in_(lang), "children": n}
        for title, counts in lines.values()
        for day, n in zip(days, counts, strict=True)
    ]  # where a count is hidden the line breaks
    labels = [title.in_(lang) for title, _ in lines.values()]
    chart = (
        alt.Chart(values(rows), width=560, height=280)
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=45), strokeWidth=2)
        .encode(
            alt.X(
                "day:T", title=None, axis=alt.Axis(format="%Y-%m", labelAngle=0, tickCount=min(12, len(found.points)))
            ),
            alt.Y("children:Q", title=_FILES.in_(lang)),
            alt.Color("what:N", title=None, sort=labels, legend=alt.Legend(columns=2)),
            tooltip=[
                alt.Tooltip("day:T", title=_DAY.in_(lang), format="%Y-%m-%d"),
                alt.Tooltip("what:N", title=" "),
                alt.Tooltip("children:Q", title=_FILES.in_(lang), format=","),
            ],
        )
    )
    title = Text("档案与救助的变化", "Files and help over time")
    return plot(chart, _hidden(title, hidden, k), lang, tuple(rows), dark)


def _sure(point: "GrowthPoint", code: str, *, held: bool) -> int:
    """Of how many open files a category, policy or help is sure."""
    found = point.categories.get(code) or point.policies.get(code) if held else point.receiving.get(code)
    return found[0] if found else 0


def _of_open_files(count: int, files: int) -> dict[str, int]:
    """A part of the open files, and the rest."""
    return {"in": count, "rest": files - count}


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
_CHILDREN, _FILES, _DAY = Text("儿童（人）", "children"), Text("份", "files"), Text("日期", "day")
_OR_MORE = Text("以上", "or more")
_BEFORE, _AFTER = Text("之前", "before"), Text("之后", "after")
_POLICY, _COST = Text("政策", "policy"), Text("每年支出（元）", "cost a year (yuan)")
