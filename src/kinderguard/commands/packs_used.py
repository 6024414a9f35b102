"""Which packs a ledger was assessed by, and which of them could not be used: lines on standard error beside any result.

Said by ``assess``, so that whoever runs it sees that a county's rules were there, and a job tells a broken pack from a cell
that could not be read.
"""

from collections.abc import Iterable

from kinderguard.commands.application import say
from kinderguard.model.errors import Problem
from kinderguard.model.places import COUNTY, place_and_code, place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.packs import PackSource, PolicyBook

#: So many counties are named, and packs of counties; the rest are counted.
_NAMED = 8


def say_packs(book: PolicyBook, divisions: Iterable[str | None], lang: Language) -> None:
    """The packs in use with their versions, and the counties for which there is none.

    Args:
        book: what the children were assessed by.
        divisions: theirs.
        lang: of what is said.
    """
    used: dict[str, str] = {}
    without: dict[str, list[str]] = {}
    for place in sorted({division or "" for division in divisions}):
        chain = book.registry.chain(place or None)
        versions = book.overlay(place or None).versions
        used |= versions
        if len(place) >= COUNTY and not any(_is_for(source, place) for source in chain):
            without.setdefault(place[:COUNTY], [code for code in versions if code != "cn"])
    if used:
        told = _few([same(f"{code} {version}") for code, version in used.items()])
        say(Text(f"所用规则包：{told.zh}", f"packs used: {told.en}").in_(lang))
    for above in dict.fromkeys(tuple(codes) for codes in without.values()):
        counties = _few([place_and_code(county) for county, codes in without.items() if tuple(codes) == above])
        names = [place_name(code, book.overlay(code).rules.places) for code in above]
        wider = join([Text("全国", "the nation's"), *(Text(name.zh, f"{name.en}'s") for name in names)], "和", " and ")
        said = Text(
            f"未安装{counties.zh} 的规则包：只用{wider.zh}的规则",
            f"no pack for {counties.en} is installed: {wider.en} rules alone",
        )
        say(said.in_(lang))


def say_broken(problems: Iterable[Problem], lang: Language) -> None:
    """A line for each pack or provider that could not be used, with the code of the problem at its end."""
    for p in dict.fromkeys(problems):
        if p.code.startswith(("pack.", "provider.")):
            say(f"{p.where}: {' '.join(p.message.in_(lang).split())} [{p.code}]")


def _is_for(source: PackSource, place: str) -> bool:
    """Whether a pack, broken or not, was meant for a county or what lies in it."""
    return len(source.jurisdiction) >= COUNTY or not place.startswith(source.jurisdiction)


def _few(names: list[Text]) -> Text:
    shown, more = names[:_NAMED], len(names) - _NAMED
    rest = Text(f" 等 {len(names)} 个", f" and {more} more") if more > 0 else Text("", "")
    return join(shown, "、", ", ") + rest
