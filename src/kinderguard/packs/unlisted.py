"""Rules and facts that a pack's modules define and its ``Pack`` leaves out: every test passes, and nobody gets anything.

Looked for in the modules that are loaded already; nothing is imported.
"""

import sys
from collections.abc import Iterator
from typing import Any

import attrs

from kinderguard.model.text import Text
from kinderguard.packs.pack import Pack
from kinderguard.packs.python_errors import assigned_in
from kinderguard.rules.definitions import Category, Check, DeclaredFact, FactProvider, Policy
from kinderguard.rules.parameters import Parameter

#: By what a value is, the list of ``Pack`` that it belongs into.
_LISTS: tuple[tuple[type[Any], str], ...] = (
    (Category, "categories"),
    (Policy, "policies"),
    (Check, "checks"),
    (DeclaredFact, "facts"),
    (FactProvider, "providers"),
    (Parameter, "parameters"),
)


@attrs.frozen
class Unlisted:
    """A value that a module defines and the pack does not list.

    Args:
        code: of the rule, fact or parameter.
        name: what the module calls it.
        module: where it is defined.
        belongs: the argument of ``Pack`` that is to list it.
    """

    code: str
    name: str
    module: str
    belongs: str

    @property
    def message(self) -> Text:
        """That it has no effect."""
        return Text(
            f"定义了 {self.code}（{self.name}），但 Pack({self.belongs}=…) 没有列出它，因此不起作用",
            f"{self.code} ({self.name}) is defined, but Pack({self.belongs}=…) does not list it, so that it does nothing",
        )

    @property
    def mend(self) -> Text:
        """What to write."""
        return Text(
            f"写进 Pack({self.belongs}=[…, {self.name}])；不用的就删去",
            f"write Pack({self.belongs}=[…, {self.name}]); take out what is not used",
        )


def unlisted(pack: Pack, module: str) -> Iterator[Unlisted]:
    """What the modules of a pack define with codes of its own, and the pack does not list; each code once.

    Args:
        pack: the pack.
        module: the module that its entry point names; those within its package are looked at too.
    """
    if not module:
        return
    seen: set[tuple[str, str]] = set()
    for kind, where in _LISTS:
        listed: tuple[Any, ...] = getattr(pack, where)
        seen |= {(where, value.code) for value in listed if isinstance(value, kind)}
    for name, holder in sorted(sys.modules.items()):
        if not f"{name}.".startswith(f"{module}."):
            continue
        for variable, value in list(getattr(holder, "__dict__", {}).items()):
            belongs = _belongs(value)
            if belongs is None or (belongs, value.code) in seen or not value.code.startswith(f"{pack.code}."):
                continue
            seen.add((belongs, value.code))
            yield Unlisted(value.code, *_defined(value, variable, name, module), belongs)


def _defined(value: Any, variable: str, name: str, module: str) -> tuple[str, str]:
    """What a value is called in the module of the pack that makes it, and that module: others may only import it."""
    for other, holder in sorted(sys.modules.items()):
        if f"{other}.".startswith(f"{module}."):
            held = [v for v, each in list(getattr(holder, "__dict__", {}).items()) if each is value]
            made = assigned_in(str(getattr(holder, "__file__", ""))) if held else frozenset()
            if found := [v for v in held if v in made]:
                return found[0], other
    return variable, name


def _belongs(value: Any) -> str | None:
    return next((belongs for kind, belongs in _LISTS if isinstance(value, kind)), None)
