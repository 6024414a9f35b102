"""Bars of counts of children, safe to show: what ``publishable`` lets through, kind upon kind, each with its number.

Called by the plots of many children. Of a hidden number the bar says that it is hidden and of which kind, never how large.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import altair as alt
import attrs

from kinderguard.analysis.plots.picture import COLOURS, GAIN, LOSS, ink, pale, rim, upwards, values
from kinderguard.analysis.publishing import publishable
from kinderguard.model.text import Language, Text

if TYPE_CHECKING:
    from kinderguard.analysis.comparing import Comparison
    from kinderguard.analysis.comparing.result import ReformEffect
    from kinderguard.analysis.coverage_result import Coverage

#: Below so many children no number is drawn: this library's default, not law.
K = 10
#: The label of sums while counts are made safe.
SUM = "\0total"
#: What hidden counts of a row leave of its sum.
_REST = "rest"
#: How wide the bars are, a figure, the room about one, and the mark before one that stands beside its bar.
_WIDTH, _FIGURE, _ROOM, _MARK = 520, 6.6, 8, 11
#: Letters on colours that are dark on any page, and on all others.
_DARK, _ON_DARK, _ON_LIGHT = (GAIN, LOSS, COLOURS[2]), "#ffffff", "#101418"


def said_hidden(count: int, k: int | None, *how: Text) -> tuple[Text, ...]:
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


def said_of(found: "Comparison | Coverage") -> Text:
    """For which day something was counted, and that nobody in it exists, where that is so."""
    made_up = Text("；合成数据，图中儿童并不存在", "; synthetic data: no child in it exists")
    day = Text(f"评估日期 {found.day}", f"as of {found.day}")
    return day + made_up if found._people.synthetic else day


def named(effect: "ReformEffect") -> Text:
    """A reform within a sentence: its name, letter by letter as the caller gave it."""
    from kinderguard.analysis.comparing.result import UNNAMED

    return Text(effect.title.zh, "the reform") if effect.name == UNNAMED else effect.title


@attrs.frozen
class Safe:
    """Counts that may be shown.

    Args:
        shown: by row and kind; None where a count is hidden.
        sums: of each row; None where it is hidden.
    """

    shown: Mapping[str, Mapping[str, int | None]]
    sums: Mapping[str, int | None]

    def hidden(self, kinds: Iterable[str] | None = None) -> int:
        """How many counts of these kinds are hidden; of all kinds, if left out."""
        wanted = None if kinds is None else set(kinds)
        return sum(
            n is None and (wanted is None or kind in wanted) for row in self.shown.values() for kind, n in row.items()
        )

    def is_nought(self, kinds: Iterable[str]) -> bool:
        """Whether nobody is of these kinds, and no number of them is hidden."""
        return all(counts.get(kind, 0) == 0 for counts in self.shown.values() for kind in kinds)

    def drawn(self, at: str, k: int, kinds: Iterable[str]) -> int:
        """How long the bar of a row is: what is shown, and what is left of its sum where that is no small number."""
        kinds = list(kinds)
        return sum(self.shown[at].get(kind) or 0 for kind in kinds) + (self.rest(at, k, kinds) or 0)

    def rest(self, at: str, k: int, kinds: Iterable[str]) -> int | None:
        """How many children of a row stand in hidden counts of these kinds; None where that is hidden too, or few."""
        counts, whole, drawn = self.shown[at], self.sums[at], set(kinds)
        if whole is None or None not in counts.values():
            return None
        if any(n is None and kind not in drawn for kind, n in counts.items()):
            return None
        left = whole - sum(n or 0 for n in counts.values())
        return left if left >= k else None


def counted(cells: Mapping[str, Mapping[str, int]], k: int | None, first: Sequence[str] = ()) -> Safe:
    """Counts by row and kind, safe to show.

    Args:
        cells: the counts.
        k: counts below it are hidden; None for what is not published.
        first: kinds (``SUM`` among them) that no bar shows: they are hidden rather than others.
    """
    if k is None:
        return Safe({at: dict(kinds) for at, kinds in cells.items()}, {at: sum(c.values()) for at, c in cells.items()})
    rows = [{"at": at, "kind": kind, "children": n} for at, kinds in cells.items() for kind, n in kinds.items()]
    hide_first = {"kind": tuple(first)} if first else None
    table = publishable(rows, k, dimensions=("at", "kind"), total=SUM, hide_first=hide_first, progress=False)

    def children(**where: str) -> int | None:
        found = table.number("children", **where)
        return None if found is None else int(found)

    shown = {at: {kind: children(at=at, kind=kind) for kind in kinds} for at, kinds in cells.items()}
    return Safe(shown, {at: children(at=at) for at in cells})


def counted_apart(cells: Mapping[str, Mapping[str, int]], k: int | None, first: Sequence[str] = ()) -> Safe:
    """The same for rows that add up to nothing, such as policies: one child may stand in several."""
    found = {at: counted({at: kinds}, k, first) for at, kinds in cells.items()}
    return Safe({at: safe.shown[at] for at, safe in found.items()}, {at: safe.sums[at] for at, safe in found.items()})


@attrs.frozen
class Bars:
    """Bars, how hidden counts show in them, and the figures."""

    chart: Any
    how: tuple[Text, ...]
    rows: tuple[Mapping[str, Any], ...]


def stacked(
    safe: Safe,
    k: int | None,
    names: Mapping[str, Text],
    kinds: Mapping[str, tuple[Text, str]],
    axis: Text,
    lang: Language,
    dark: bool,
) -> Bars:
    """Bars of counts, kind upon kind, a row each; a number too wide for its part of the bar stands beside the bar."""
    rests = {at: safe.rest(at, k or 0, kinds) for at in safe.shown}
    drawn = dict(kinds) | ({_REST: (_NOT_PUBLISHED, pale(dark))} if any(n is not None for n in rests.values()) else {})
    edges = {kind: rim(dark) if kind == _REST else colour for kind, (_, colour) in drawn.items()}
    lines = [_Line(at, _parts(safe.shown[at], rests[at], kinds)) for at in safe.shown]
    used = {kind for line in lines for kind in line.parts}
    drawn = {kind: look for kind, look in drawn.items() if kind in used}
    end = _end(lines)
    parts: list[dict[str, Any]] = []
    beside: list[dict[str, Any]] = []
    for line in lines:
        name, length, x = names[line.at].in_(lang), 0, line.length + _ROOM * end / _WIDTH
        narrow = line.narrow(end)
        for kind, n in line.parts.items():
            title, colour = drawn[kind]
            if n is not None:
                inside = colour in _DARK
                said = "" if kind in narrow else f"{n:,}"
                parts.append({
                    "at": name, "kind": title.in_(lang), "children": n, "from": length, "to": length + n,
                    "middle": length + n / 2, "said": said, "on": _ON_DARK if inside else ink(dark) if kind == _REST else _ON_LIGHT,
                })  # fmt: skip
                length += n
            if kind in narrow:
                text = "×" if n is None else f"{n:,}"
                right = x + _MARK * end / _WIDTH
                beside.append({"at": name, "x": x, "right": right, "said": text, "colour": colour})
                x = right + (len(text) * _FIGURE + _ROOM) * end / _WIDTH
    where = alt.Y("at:N", title=None, sort=[names[line.at].in_(lang) for line in lines])
    scale = alt.Scale(domain=[0, end], nice=False)
    # Children are whole, and where every number is hidden the axis says nothing of them.
    figures = upwards((line.length for line in lines), whole=True)["axis"]
    labels, colours = [title.in_(lang) for title, _ in drawn.values()], [colour for _, colour in drawn.values()]
    legend = alt.Legend(columns=3)
    base = alt.Chart(values(parts), width=_WIDTH, height=alt.Step(26)).encode(where)
    marks = alt.Chart(values(beside)).encode(where)
    layers = [
        base.mark_bar().encode(
            alt.X("from:Q", title=_CHILDREN.in_(lang), scale=scale, axis=figures),
            alt.X2("to:Q"),
            alt.Fill("kind:N", title=None, scale=alt.Scale(domain=labels, range=colours), legend=legend),
            alt.Stroke(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=labels, range=[edges[kind] for kind in drawn]),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("at:N", title=axis.in_(lang)),
                alt.Tooltip("kind:N", title=" "),
                alt.Tooltip("children:Q", title=_CHILDREN.in_(lang), format=","),
            ],
        ),
        base.transform_filter("datum.said !== ''")
        .mark_text(fontSize=11)
        .encode(alt.X("middle:Q"), text="said:N", color=alt.Color("on:N", scale=None)),
    ]
    if beside:
        layers += [
            marks.mark_square(size=56, opacity=1).encode(alt.X("x:Q"), color=alt.Color("colour:N", scale=None)),
            marks.mark_text(align="left", dx=-3, fontSize=11, color=ink(dark)).encode(alt.X("right:Q"), text="said:N"),
        ]
    short = [line.at for line in lines if None in line.parts.values() and rests[line.at] is None]
    how: list[Text] = []
    if any(n is not None for n in rests.values()):
        how = [_CROSS + _SHORT_OR_PALE if short else _CROSS]
    elif short:
        how = [_CROSS + _SHORT]
    return Bars(alt.layer(*layers), tuple(how), tuple({"at": at, **counts} for at, counts in safe.shown.items()))


def _parts(
    counts: Mapping[str, int | None], rest: int | None, kinds: Mapping[str, tuple[Text, str]]
) -> dict[str, int | None]:
    """What a bar consists of; None where a number is hidden."""
    found = {kind: counts[kind] for kind in kinds if kind in counts and counts[kind] != 0}
    return found if rest is None else {**found, _REST: rest}


@attrs.frozen
class _Line:
    """One bar."""

    at: str
    parts: Mapping[str, int | None]

    @property
    def length(self) -> int:
        """How long it is, in children."""
        return sum(n or 0 for n in self.parts.values())

    def narrow(self, end: float) -> list[str]:
        """The kinds whose number does not stand in the bar, where the axis ends there."""
        return [
            kind
            for kind, n in self.parts.items()
            if n is None or n * _WIDTH / end < len(f"{n:,}") * _FIGURE + _ROOM / 2
        ]

    def room(self, end: float) -> float:
        """The room (pixels) beside it that its other numbers take."""
        texts = ["×" if self.parts[kind] is None else f"{self.parts[kind]:,}" for kind in self.narrow(end)]
        return sum(_MARK + len(text) * _FIGURE + _ROOM for text in texts) + (_ROOM if texts else 0)


def _end(lines: Sequence[_Line]) -> float:
    """Where the axis ends, so that every bar has room for the numbers beside it."""
    end = float(max((line.length for line in lines), default=0) or 1)
    for _ in range(4):  # what is narrow depends on the end in its turn
        needed = max(line.length / max(1 - line.room(end) / _WIDTH, 0.2) for line in lines)
        end = max(end, needed)
    return end


_CHILDREN = Text("儿童（人）", "children")
_NOT_PUBLISHED = Text("未公布之和", "not published, together")
_CROSS = Text("× 为未公布的数", "× is a number that is not published")
_SHORT = Text("，该处条形比实际短", "; its bar is shorter than the truth")
_SHORT_OR_PALE = Text("，没有描边部分的条形比实际短", "; without an outlined part its bar is shorter than the truth")
