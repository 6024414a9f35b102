"""A pack: what one distribution says for one jurisdiction. A frozen value; it does nothing by itself."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

from kinderguard.model.errors import FieldValueError
from kinderguard.model.places import LEVELS, check_division
from kinderguard.model.text import Text
from kinderguard.rules.definitions import Category, Check, DeclaredFact, FactProvider, Policy
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.expression import type_of
from kinderguard.rules.parameters import Parameter

_NAME = re.compile(r"(cn|\d{2,12})(\.[a-z][a-z0-9_]*)?\Z")


def check_pack_code(code: str) -> str:
    """``code`` itself where it can be a pack's: ``cn``, a division, or a division with a suffix.

    Raises:
        DefinitionError: with the right form.
    """
    if not isinstance(code, str) or not _NAME.match(code):
        raise DefinitionError(
            Text(
                f"{code!r} 不是规则包的代码：请写行政区划代码，如 '330106' 或 '330106.education'。",
                f"{code!r} is no pack's code: write the division, as in '330106', or '330106.education'.",
            )
        )
    if not code.startswith("cn"):
        try:
            check_division(code.split(".", 1)[0])
        except FieldValueError as error:
            raise DefinitionError(
                Text(
                    f"规则包的代码 {code!r}：{error.text.zh}；请写行政区划代码，如 '330106'。",
                    f"The pack's code {code!r}: {error.text.en}. Write the division, as in '330106'.",
                )
            ) from None
        _refuse_padded(code)
    return code


def _refuse_padded(code: str) -> None:
    """An official code of six digits for a city or a province: no child's division begins with it."""
    division, dot, suffix = code.partition(".")
    whole = shortened(division)
    if whole != division:
        meant = f"{whole}{dot}{suffix}"
        raise DefinitionError(
            Text(
                f"规则包的代码 {code!r} 用 0 补足了位数，没有儿童的区划以它开头；"
                f"{'省' if len(whole) == 2 else '市' if len(whole) == 4 else '县'}级请写 {meant!r}（入口点名称也是 {meant}）。",
                f"The pack's code {code!r} is filled up with zeros, and no child's division begins with it. Of a "
                f"{'province' if len(whole) == 2 else 'city' if len(whole) == 4 else 'county'} write {meant!r}; the entry "
                f"point's name is {meant}, too.",
            )
        )


def shortened(division: str) -> str:
    """A division code without the zeros that official lists fill it up with.

    >>> shortened("330100"), shortened("330000"), shortened("330106")
    ('3301', '33', '330106')
    """
    for longer, shorter in pairwise(reversed(LEVELS)):
        if len(division) == longer and not division[shorter:].strip("0"):
            division = division[:shorter]
    return division


def jurisdiction_of(code: str) -> str:
    """The division prefix that a pack speaks for; the empty prefix is the nation."""
    division = code.split(".", 1)[0]
    return "" if division == "cn" else division


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


@attrs.frozen
class Pack:
    """What a county, a province or the nation says.

    Args:
        code: the division it speaks for (``"330106"``; ``"330106.education"`` where a division has several; ``"cn"``).
            It is also the name of the entry point, and every code that the pack defines begins with it.
        title: in both languages.
        version: of the pack.
        kinderguard: the versions of kinderguard it works with, such as ``">=0.1,<0.2"``.
        categories, policies, checks, facts, providers: what it defines.
        parameters: paths of its TOML files, or parameters as values.

    Raises:
        DefinitionError: something does not belong in this pack; the message names it and the mend.
    """

    code: str = attrs.field(converter=check_pack_code)
    title: Text
    version: str
    kinderguard: str
    categories: tuple[Category, ...] = attrs.field(default=(), converter=_tuple)
    policies: tuple[Policy, ...] = attrs.field(default=(), converter=_tuple)
    checks: tuple[Check, ...] = attrs.field(default=(), converter=_tuple)
    facts: tuple[DeclaredFact[Any], ...] = attrs.field(default=(), converter=_tuple)
    providers: tuple[FactProvider, ...] = attrs.field(default=(), converter=_tuple)
    parameters: tuple[Path | Parameter, ...] = attrs.field(default=(), converter=_tuple)

    def __attrs_post_init__(self) -> None:
        where = f"Pack {self.code}"
        if not isinstance(self.title, Text):
            raise DefinitionError(
                Text(
                    "title 须有中英文两种，写作 r.Text(zh='…', en='…')。",
                    "title is r.Text(zh='…', en='…'), in both languages.",
                ),
                where,
            )
        for name, kind in (("categories", Category), ("policies", Policy), ("checks", Check), ("facts", DeclaredFact), ("providers", FactProvider)):  # fmt: skip
            for value in getattr(self, name):
                if not isinstance(value, kind):
                    raise DefinitionError(
                        Text(
                            f"{name} 中有{type_of(value).zh}；只能放 {kind.__name__}。",
                            f"{name} holds {type_of(value).en}; it takes {kind.__name__} values.",
                        ),
                        where,
                    )
                if not value.code.startswith(self.code + "."):
                    if (meant := self._meant()) is not None:
                        raise DefinitionError(
                            Text(
                                f"Pack 的代码是 {self.code}，而它的规则（如 {value.code}）都以 {meant}. 开头；"
                                f"请写 Pack(code='{meant}')，入口点名称也须是 {meant}。",
                                f"the Pack's code is {self.code}, but all its codes, such as {value.code}, begin with {meant}. "
                                f"Write Pack(code='{meant}'); the entry point's name is the same.",
                            ),
                            where,
                        )
                    raise DefinitionError(
                        Text(
                            f"定义了 {value.code}：规则包只管辖自己的地区，代码须以 {self.code + '.'!r} 开头。"
                            "要改变别处的规则，请写针对它的 Check。",
                            f"it defines {value.code}: a pack speaks only for its own jurisdiction, so its "
                            f"codes begin with {self.code + '.'!r}. Change somebody else's rule with a Check on it.",
                        ),
                        where,
                    )
        for given in self.parameters:
            if not isinstance(given, Path | Parameter):
                raise DefinitionError(
                    Text(
                        "parameters 须为 pathlib.Path，如 Path(__file__).with_name('parameters.toml')，或 Parameter。",
                        "parameters are pathlib.Path values, such as "
                        "Path(__file__).with_name('parameters.toml'), or Parameter values.",
                    ),
                    where,
                )

    def _meant(self) -> str | None:
        """The division that every code of the pack begins with, where that is one and not the pack's own."""
        values = (*self.categories, *self.policies, *self.checks, *self.facts, *self.providers)
        begin = {str(getattr(value, "code", "")).partition(".")[0] for value in values}
        (first,) = begin if len(begin) == 1 else ("",)
        return first if first and first != self.code.partition(".")[0] and len(values) > 1 else None

    @property
    def jurisdiction(self) -> str:
        """The division prefix; empty for the nation."""
        return jurisdiction_of(self.code)
