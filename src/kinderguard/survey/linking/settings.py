"""The settings of a linkage: which comparisons are made, what each degree of agreement weighs, where the bands lie.

Read from TOML: ``chinese.toml`` beside this file is the stated default, and a file of one's own may take its place.
Used by ``link``, which shows the weights with each pair. Nothing here looks at a row.
"""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Self

import attrs

from kinderguard.model.errors import ToldError, did_you_mean, suggestion
from kinderguard.model.text import Text
from kinderguard.model.toml_files import read_toml, wrong_toml
from kinderguard.survey.linking.comparing import KINDS, OTHERWISE, Kind


class LinkSettingsError(ToldError, ValueError):
    """Settings of a linkage that cannot be used; ``text`` says what is wrong and what to write, in both languages."""


@attrs.frozen
class Degree:
    """One degree of agreement: how often it is met among rows of one child (``m``), of strangers (``u``), of siblings
    (``s``), each from 0 to 1.
    """

    code: str
    text: Text
    m: float
    u: float
    s: float

    @property
    def weight(self) -> float:
        """What it weighs against strangers, in bits; above 0 it speaks for one child."""
        return math.log2(self.m / self.u)

    @property
    def weight_among_siblings(self) -> float:
        """What it weighs against brothers and sisters, in bits."""
        return math.log2(self.m / self.s)


@attrs.frozen
class Comparison:
    """One comparison: what of two rows is compared, and its degrees, the closest first."""

    code: str
    title: Text
    kind: str
    columns: tuple[str, ...]
    degrees: tuple[Degree, ...] = attrs.field(repr=False)
    #: The column whose common values weigh less, or None.
    common: str | None = None
    #: Whether it can identify somebody: bands ask for several such that agree.
    identifies: bool = False
    #: Whether it is the child's own, so that two rows that differ in it wholly are not joined by a chain of others.
    own: bool = False

    @property
    def kind_of_it(self) -> Kind:
        """How its degrees are told."""
        return KINDS[self.kind]


@attrs.frozen
class Bands:
    """Where the bands lie, in bits, and what else joining without a person asks for."""

    same: float
    ask: float
    shown: float
    rival: float
    agreeing: int
    #: How many comparisons that are not the child's own must agree, and not be outweighed by those that differ; 0 asks for none.
    beside_own: int = 1

    def __attrs_post_init__(self) -> None:
        if not self.same > self.ask >= self.shown:
            raise LinkSettingsError(
                Text("界限应为 same > ask ≥ shown，例如 6.5、0.5、-6", "The bounds are same > ask >= shown, as in 6.5, 0.5, -6.")
            )  # fmt: skip


@attrs.frozen
class Prior:
    """What is thought before two rows are looked at: how many rows there are at least, how many siblings a row meets for
    each row of the child itself (0: siblings are not reckoned with), how much rarer one child stands twice in one list
    than in two (1: no rarer), and how many rows the stated frequency of a name counts for.
    """

    rows: int
    siblings: float
    within_source: float
    names: int

    @property
    def once_a_list(self) -> bool:
        """Whether a child is taken to stand once in a list, unless its two rows themselves say otherwise."""
        return self.within_source < 1


@attrs.frozen
class LinkSettings:
    """Everything that a linkage goes by. Without arguments: the stated defaults for ledgers of children in China.

    >>> settings = LinkSettings()
    >>> settings.bands.same, settings.comparison("name").degrees[0].text.en
    (6.5, "the child's name is the same")
    """

    bands: Bands = attrs.field(factory=lambda: _stated().bands)
    prior: Prior = attrs.field(factory=lambda: _stated().prior)
    comparisons: tuple[Comparison, ...] = attrs.field(factory=lambda: _stated().comparisons, repr=False)
    #: Two rows that share all of one of these groups of columns (of lists, one value) are compared.
    blocking: tuple[tuple[str, ...], ...] = attrs.field(factory=lambda: _stated().blocking, repr=False)

    @classmethod
    def from_toml(cls, path: str | Path) -> Self:
        """Settings from a file as ``chinese.toml`` is.

        Raises:
            LinkSettingsError: the file lacks something, or names a kind or degree that does not exist.
            OSError: it cannot be read.
        """
        try:
            data = read_toml(Path(path))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise LinkSettingsError(
                Text(f"{Path(path).name} 不是 TOML 文件：", f"{Path(path).name} is no TOML file: ")
                + wrong_toml(error, Path(path).read_text("utf-8-sig", errors="replace"))
            ) from None
        return cls.from_data(data, Path(path).name)

    @classmethod
    def from_data(cls, data: Mapping[str, Any], name: str) -> Self:
        """The same from tables already read; ``name`` is what errors call them."""
        try:
            return cls(
                bands=Bands(**data["bands"]),
                prior=Prior(**data["prior"]),
                comparisons=tuple(_comparison(table) for table in data["comparison"]),
                blocking=tuple(tuple(rule) for rule in data["blocking"]["rules"]),
            )
        except KeyError as error:
            key = error.args[0]
            raise LinkSettingsError(Text(f"{name} 缺少 {key!r}", f"{name} lacks {key!r}.")) from None
        except TypeError as error:
            raise LinkSettingsError(
                Text(f"{name} 的表有误：{error}", f"A table of {name} is wrong: {error}.")
            ) from None

    def comparison(self, code: str) -> Comparison:
        """The comparison of that code.

        Raises:
            LinkSettingsError: there is none.
        """
        for one in self.comparisons:
            if one.code == code:
                return one
        codes = [one.code for one in self.comparisons]
        close = suggestion(code, codes)
        raise LinkSettingsError(Text(f"没有比较项 {code!r}。{close.zh}", f"There is no comparison {code!r}.{close.en}"))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every prepared column that comparisons and blocking read."""
        read = (column for one in self.comparisons for column in one.kind_of_it.columns(one.columns))
        return tuple(dict.fromkeys([*read, *(column for rule in self.blocking for column in rule)]))


def _comparison(table: Mapping[str, Any]) -> Comparison:
    code, kind = table["code"], table["kind"]
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise LinkSettingsError(
            Text(f"比较项 {code} 的 kind 不存在：{kind!r}；可用：{'、'.join(KINDS)}", f"The comparison {code} has the kind {kind!r}, which does not exist.{hint}")
        )  # fmt: skip
    columns, given = tuple(table["columns"]), table["degrees"]
    names = (*KINDS[kind].degrees(columns), OTHERWISE)
    if set(given) != set(names):
        raise LinkSettingsError(
            Text(
                f"比较项 {code} 应恰好给出这些程度：{'、'.join(names)}",
                f"The comparison {code} is given exactly these degrees: {', '.join(names)}.",
            )
        )
    return Comparison(
        code=code,
        title=Text(table["zh"], table["en"]),
        kind=kind,
        columns=columns,
        degrees=tuple(_degree(code, name, given[name]) for name in names),
        common=table.get("common"),
        identifies=table.get("identifies", False),
        own=table.get("own", False),
    )


def _degree(comparison: str, name: str, table: Mapping[str, Any]) -> Degree:
    shares = {"m": table["m"], "u": table["u"], "s": table.get("s", table["m"])}
    for letter, share in shares.items():
        if not 0 < share <= 1:
            raise LinkSettingsError(
                Text(
                    f"比较项 {comparison} 的程度 {name}：{letter} 应大于 0 且不超过 1",
                    f"The degree {name} of {comparison}: {letter} lies above 0 and not above 1.",
                )
            )
    return Degree(name, Text(table["zh"], table["en"]), **shares)


def _stated() -> LinkSettings:
    return _read_stated()


@cache
def _read_stated() -> LinkSettings:
    text = (resources.files("kinderguard.survey.linking") / "chinese.toml").read_text("utf-8")
    return LinkSettings.from_data(tomllib.loads(text), "chinese.toml")
