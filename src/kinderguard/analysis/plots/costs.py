"""What a reform changes in a year's money: policy by policy, with bounds, and in all.

Called for a comparison. A policy that the reform leaves as it is, is not drawn; nor is one that few children get.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import altair as alt
import attrs

from kinderguard.analysis.between import Between
from kinderguard.analysis.plots.counted import K, named, said_of
from kinderguard.analysis.plots.nothing import NothingToDrawError
from kinderguard.analysis.plots.picture import GAIN, OPEN, Plot, faint, ink, number, plot, values
from kinderguard.model.codes import Frequency
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import display_language

if TYPE_CHECKING:
    from kinderguard.analysis.comparing import Comparison
    from kinderguard.analysis.comparing.result import PolicyCost, ReformEffect


def cost(
    found: "Comparison",
    lang: Language | None = None,
    *,
    reform: str | None = None,
    k: int | None = K,
    dark: bool = False,
) -> Plot:
    """By how much a reform changes what policies cost a year, low and high where facts are unknown, and the sum of all.

    Only policies whose cost changes, or may, are drawn; the largest change first. Costs before and after stand in
    ``plot.rows`` and under the pointer.

    Args:
        found: what ``compare`` gives.
        lang: the language of the letters; that of ``display_language``, if left out.
        reform: its name; the only one, if left out.
        k: a policy that fewer children may get is left out, and with it the sum, which would tell its change; None for what
            is not published.
        dark: for a dark page.

    Raises:
        UnknownReformError: there is no such reform, or several and none was named.
        NothingToDrawError: no cost changes, or for fewer than ``k`` children.
    """
    lang = lang or display_language()
    effect = found.effect(reform)
    touched = [p for p in effect.policies if not p.change.is_zero]
    told = [p for p in touched if k is None or all(n == 0 or n >= k for n in p.payees)]
    affected = effect.all.children - effect.all.same
    if not told or (k is not None and 0 < affected < k):
        raise NothingToDrawError(
            Text("没有可画的支出变动。", "There is no change of cost that can be drawn.")
            if not touched or k is None
            else Text(
                f"支出变动只涉及不足 {k} 名儿童，不画；不公布的可用 k=None。",
                f"What changes concerns fewer than {k} children and is not drawn; k=None draws what is not published.",
            )
        )
    told.sort(key=lambda p: _size(p.change), reverse=True)
    lines = [_Line(_named(p), p.change, p.before, p.after) for p in told]
    if len(told) == len(touched):
        lines += _sums(effect, told)
    left, right = _ends([line.change for line in lines])
    rows = [_row(line, left, right, lang) for line in lines]
    base = alt.Chart(values(rows), width=400, height=alt.Step(26)).encode(
        alt.Y("policy:N", title=None, sort=[row["policy"] for row in rows]),
        tooltip=[
            alt.Tooltip("policy:N", title=_POLICY.in_(lang)),
            alt.Tooltip("said:N", title=_CHANGE.in_(lang)),
            alt.Tooltip("before:N", title=_BEFORE.in_(lang)),
            alt.Tooltip("after:N", title=_AFTER.in_(lang)),
        ],
    )
    scale = alt.Scale(domain=[left, right], nice=False)
    signed = alt.Axis(tickCount=4, labelExpr="datum.value === 0 ? '0' : format(datum.value, '+,~f')")
    bounded = base.transform_filter("datum.low !== datum.high && !datum.open")
    layers = [
        base.mark_bar(size=12, color=GAIN).encode(
            alt.X("zero:Q", title=_CHANGE.in_(lang), scale=scale, axis=signed), alt.X2("sure:Q")
        ),
        base.transform_filter("datum.open || datum.low !== datum.high")
        .mark_rule(strokeWidth=2, color=OPEN)
        .encode(
            alt.X("from:Q"),
            alt.X2("to:Q"),
            strokeDash=alt.condition("datum.open", alt.value([3, 3]), alt.value([1, 0])),
        ),
        *(
            bounded.mark_tick(thickness=2, size=12, opacity=1, color=OPEN).encode(alt.X(f"{end}:Q"))
            for end in ("from", "to")
        ),
        alt.Chart(values([{"zero": 0}])).mark_rule(color=faint(dark)).encode(alt.X("zero:Q")),
        base.mark_text(align="left", fontSize=11, color=ink(dark)).encode(
            x=alt.value(412), text="said:N", tooltip=alt.value(None)
        ),
    ]
    name = named(effect)
    title = Text(f"{name.zh}：每年支出的变动", f"By how much yearly costs change: {name.en}")
    notes = [said_of(found)]
    notes += [
        note
        for note, holds in (
            (_UP_TO, any(line.change.amount is None and _is_bounded(line.change) for line in lines)),
            (_NO_BOUND, any(not _is_bounded(line.change) for line in lines)),
            (_few(len(touched) - len(told), k), len(touched) > len(told)),
        )
        if holds
    ]
    if (width := effect.widest) is not None and len(told) == len(touched):
        # In words alone: how many children these are may be no number to publish.
        notes.append(
            Text(
                f"一年合计的上下限之差，一半以上涉及“{width.title.zh}”未知的儿童",
                f"half or more of the width of the sum lies with children of whom ‘{width.title.en}’ is not known",
            )
        )
    table: tuple[Mapping[str, Any], ...] = tuple(
        {"policy": p.code} | {f"{when}_{end}": v for when, b in (("before", p.before), ("after", p.after), ("change", p.change)) for end, v in b.plain().items()}
        for p in told
    )  # fmt: skip
    return plot(alt.layer(*layers), title, lang, table, dark, notes)


@attrs.frozen
class _Line:
    """A policy, or all of them: by how much its cost changes, from what to what."""

    name: Text
    change: Between
    before: Between | None = None
    after: Between | None = None


def _named(policy: "PolicyCost") -> Text:
    return policy.title + _ONCE if policy.every is Frequency.ONCE else policy.title


def _sums(effect: "ReformEffect", told: Sequence["PolicyCost"]) -> list[_Line]:
    """What a year's help changes by in all, and what is paid once, apart."""
    yearly = any(p.every is not Frequency.ONCE for p in told)
    once = any(p.every is Frequency.ONCE for p in told)
    found = [_Line(_TOTAL, effect.all.cost_a_year)] if yearly else []
    return [*found, _Line(_TOTAL + _ONCE, effect.all.cost_once)] if once else found


def _size(change: Between) -> int:
    """How large a change can be as far as it is bounded; what nothing bounds goes first."""
    if change.low_fen is None and change.high_fen is None:
        return 1 << 62
    return max(abs(end) for end in (change.low_fen, change.high_fen) if end is not None)


def _is_bounded(change: Between) -> bool:
    return change.low_fen is not None and change.high_fen is not None


def _ends(changes: Sequence[Between]) -> tuple[float, float]:
    """Where the axis begins and ends: nought within, and room beyond what is bounded."""
    ends = [0.0, *(float(end) for c in changes for end in (c.low, c.high) if end is not None)]
    left, right = min(ends), max(ends)
    room = (right - left) * 0.08 or 1.0
    open_left = any(c.low is None for c in changes)
    return (left - room if left < 0 or open_left else 0.0), (right + room if right > 0 or not left else 0.0)


def _row(line: _Line, left: float, right: float, lang: Language) -> dict[str, Any]:
    """One row as it is drawn: the bar is what is sure, the line what may be."""
    change = line.change
    low, high = number(change.low), number(change.high)
    sure = low if low is not None and low > 0 else high if high is not None and high < 0 else 0.0
    return {
        "policy": line.name.in_(lang), "zero": 0, "sure": sure, "low": low, "high": high,
        "from": left if low is None else low, "to": right if high is None else high,
        "open": low is None or high is None, "said": _said(change).in_(lang),
        **{when: "" if b is None else b.text.in_(lang) for when, b in (("before", line.before), ("after", line.after))},
    }  # fmt: skip


def _said(change: Between) -> Text:
    """A change beside its bar, in whole yuan with its sign."""
    low, high = (None if end is None else _signed(end) for end in (change.low, change.high))
    if low is None and high is None:
        return Text("不定（无界）", "open: nothing bounds it")
    if low is None or high is None:
        return Text(f"至少 {low}", f"at least {low}") if high is None else Text(f"至多 {high}", f"at most {high}")
    return same(low) if low == high else Text(f"{low} 至 {high}", f"{low} to {high}")


def _signed(yuan: Decimal) -> str:
    whole = yuan.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole:+,}" if whole else "0"


def _few(count: int, k: int | None) -> Text:
    policies = "1 policy" if count == 1 else f"{count} policies"
    return Text(
        f"另有 {count} 项可能享受的儿童少于 {k} 人，未列出；合计会显出其变动，也不画",
        f"left out: {policies} that fewer than {k} children may get, and the sum, which would tell of that",
    )


_UP_TO = Text(
    "橙色线：因事实未知，变动在两端之间", "orange lines: by what is not known, the change lies between the two ends"
)
_NO_BOUND = Text("虚线：该侧没有上下限", "dashed: nothing bounds the change on that side")
_ONCE = Text("（一次性）", " (once)")
_TOTAL = Text("合计", "In all")
_BEFORE, _AFTER = Text("之前", "before"), Text("之后", "after")
_POLICY = Text("政策", "policy")
_CHANGE = Text("每年支出的变动（元）", "change of the yearly cost (yuan)")
