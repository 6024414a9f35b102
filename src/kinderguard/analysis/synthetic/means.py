"""Means of households: size, income around the line, property, aid; everything in whole fen."""

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic.care import Care
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.families import Families
from kinderguard.analysis.synthetic.health import Health
from kinderguard.analysis.synthetic.living import Living
from kinderguard.analysis.synthetic.parents import Parent
from kinderguard.analysis.synthetic.shares import Shares
from kinderguard.model.codes import AidStatus, Scheme

#: Aid beside being a household lifted out of poverty; the first is none.
_AIDS = (None, AidStatus.DIBAO, AidStatus.TEKUN, AidStatus.DIBAO_MARGINAL, AidStatus.RIGID_EXPENDITURE)
_NONE, _DIBAO, _TEKUN, _MARGINAL, _RIGID = range(5)


@attrs.frozen(eq=False)
class Means:
    """Columns by path, those of households one cell a household, those of children one a child.

    ``incomes`` are the monthly fen of the eldest child, the father, the mother and the other adults, in that order:
    they add up to the household's income.
    """

    of_households: dict[str, c.Column]
    of_children: dict[str, c.Column]
    incomes: Ints


def draw_means(
    chance: Chance, shares: Shares, families: Families, care: Care, father: Parent, mother: Parent, living: Living,
    health: Health,
) -> Means:  # fmt: skip
    """Means for every household. Of an institution or a foster family nothing is known but that it draws no aid."""
    nominal = care.away_from_home
    counted = [p.counted & ~nominal for p in (father, mother)]
    size = families.children + sum(counted) + sum(adult.there for adult in care.adults)
    per_head = _per_head(chance, shares, families, living.line)
    proper = _property(chance, shares, per_head, living.line)
    sick, severe = (_of_household(families, flags) for flags in (health.seriously_ill, health.severe))
    burden = sick | severe | father.ill | mother.ill
    aid = _aid(chance, shares, care, per_head, living.line, proper, burden)
    aid = np.where(nominal, _NONE, aid)
    formerly = living.rural & ~nominal & chance.happens("formerly poor", shares.share("aid.formerly_poor"), len(aid))
    alone = (health.severe | health.seriously_ill) & (aid == _MARGINAL)[families.house]
    alone &= chance.happens("individual dibao", shares.share("individual_dibao"), len(alone))
    drawn = np.where(aid == _DIBAO, np.maximum(living.line - per_head, 1000) * size, 0)
    drawn += living.line * np.bincount(families.house[alone], minlength=len(aid)).astype(np.int64)
    present = [p.earns & there for p, there in zip((father, mother), counted, strict=True)]
    incomes = _incomes(chance, per_head * size, [*present, *(adult.there for adult in care.adults)])
    households: dict[str, c.Column] = {
        "household.size": c.Numbers(size).forgetting(nominal),
        "household.monthly_income_per_head": c.Numbers(per_head, money=True).forgetting(nominal),
        "household.property_within_limits": c.yes_or_no(proper).forgetting(nominal),
        "household.aid": _aid_lists(aid, formerly),
        "household.dibao_monthly": c.Numbers(drawn, money=True),
    }
    children: dict[str, c.Column] = {
        "child.individual_dibao": c.yes_or_no(alone),
        "child.chosen_scheme": _chosen(chance, shares, families, care, aid),
    }
    return Means(households, children, np.where(nominal, -1, incomes))


def _of_household(families: Families, flags: Flags) -> Flags:
    """Whether it is so of any child of each household."""
    found = np.zeros(len(families), dtype=np.bool_)
    found[families.house[flags]] = True
    return found


def _per_head(chance: Chance, shares: Shares, families: Families, line: Ints) -> Ints:
    """Monthly income per head, by a bracket of the line."""
    brackets: Mapping[str, Any] = {
        name: edges for name, edges in shares.table("brackets").items() if name not in ("assumed", "reason")
    }
    names = tuple(brackets)
    means = tuple(shares.table("income"))
    group = np.array([means.index(kind.means) for kind in families.kinds])[families.family]
    bracket = chance.pick_by("bracket", group, [shares.shares(f"income.{name}").over(names) for name in means])
    margin = line * 3 // 2
    low, high = np.empty_like(line), np.empty_like(line)
    for number, name in enumerate(names):
        edges = brackets[name]
        here = bracket == number
        if isinstance(edges, str):
            low[here] = high[here] = {"line": line, "margin": margin}[edges][here] - 1
        else:
            low[here], high[here] = (line[here] * int(edge * 100) // 100 for edge in edges)
    return low + chance.below("income", high - low)


def _property(chance: Chance, shares: Shares, per_head: Ints, line: Ints) -> Flags:
    poor, others = (
        chance.happens(name, shares.share(name), len(line)) for name in ("property.of_the_poor", "property.of_others")
    )
    return np.where(per_head * 2 < line * 3, poor, others)


def _aid(chance: Chance, shares: Shares, care: Care, per_head: Ints, line: Ints, proper: Flags, burden: Flags) -> Ints:
    """The aid for which each household is recognised: places in ``_AIDS``."""

    def recognised(name: str) -> Flags:
        return chance.happens(f"aid {name}", shares.share(f"aid.{name}"), len(line))

    below, below_margin = per_head < line, per_head * 2 < line * 3
    aid = np.where(~below & recognised("dibao_in_error"), _DIBAO, _NONE)
    aid = np.where(~below_margin & burden & recognised("rigid_expenditure"), _RIGID, aid)
    aid = np.where(~below & below_margin & proper & recognised("dibao_marginal"), _MARGINAL, aid)
    aid = np.where(below & proper & recognised("dibao"), _DIBAO, aid)
    return np.where(below & ~care.by_parents & recognised("tekun"), _TEKUN, aid)


def _aid_lists(aid: Ints, formerly: Flags) -> c.Column:
    lists = [
        [status for status in (main, former) if status] for main in _AIDS for former in (None, AidStatus.FORMERLY_POOR)
    ]
    return c.code_lists(AidStatus, lists, aid * 2 + formerly)


def _chosen(chance: Chance, shares: Shares, families: Families, care: Care, aid: Ints) -> c.Column:
    """The scheme chosen, where there is a choice."""
    table = shares.shares("chosen_scheme")
    schemes = [-1 if value == "unknown" else c.place_in(Scheme, value) for value in table.values]
    chosen = np.array(schemes)[chance.pick("chosen scheme", table.shares, len(aid))]
    choice = (aid == _TEKUN) & ~care.by_parents
    return c.codes_of(Scheme, np.where(choice, chosen, -1)).at(families.house)


def _incomes(chance: Chance, total: Ints, earners: list[Flags]) -> Ints:
    """The household's income among its earners; where there is none, the eldest child has it."""
    weights = np.stack([chance.between(f"weight {k}", 1, 9, len(total)) * earns for k, earns in enumerate(earners)])
    sums = weights.sum(axis=0)
    parts = total * weights // np.maximum(sums, 1)
    # What division left over goes to the first earner, so that the incomes add up to the fen.
    first = np.argmax(weights > 0, axis=0)
    rest = total - parts.sum(axis=0)
    parts[first, np.arange(len(total))] += np.where(sums > 0, rest, 0)
    return np.concatenate([np.where(sums > 0, 0, total)[None], parts])
