"""Why a code is not known at a place although its pack is installed: the pack is kept out, or the place is another one.

Said by ``rules`` and ``explain`` beside "there is no such code", which alone sends its reader to look for a misspelling.
"""

from collections.abc import Iterator

from kinderguard.commands.application import say
from kinderguard.model.places import covers, place_name
from kinderguard.model.text import Language, Text, same
from kinderguard.packs import PackState, PolicyBook
from kinderguard.packs.pack import jurisdiction_of

_DOCTOR = Text("；怎样修改见 kinderguard packs doctor", "; how to mend it: kinderguard packs doctor")


def say_why(book: PolicyBook, code: str, lang: Language, *, place: str | None) -> bool:
    """Say why a code that a pack may define is not here.

    Args:
        book: every pack.
        code: of a rule, parameter, fact or pack, or what facts begin with.
        lang: of what is said.
        place: whose rules were asked; None where it is not known.

    Returns:
        Whether that is why: not where a pack of the same division is in use here and may as well have defined the code.
    """
    own = code.split(".", 1)[0]
    told = tuple(_reasons(book, own, place))
    for each in told:
        say(each.in_(lang))
    here = place is not None and any(jurisdiction_of(pack.code) == own for pack in book.overlay(place).packs)
    return bool(told) and not here


def _reasons(book: PolicyBook, own: str, place: str | None) -> Iterator[Text]:
    if not own.isdigit():
        return
    installed = [source for source in book.registry.chain(own) if source.jurisdiction == own]
    book.overlay(own)  # what only shows beside the packs above is found here
    for source in installed:
        if source.state is PackState.QUARANTINED:
            for problem in source.problems:
                yield (
                    Text(f"规则包 {source.name} 已停用：", f"the pack {source.name} is kept out: ")
                    + problem.message
                    + same(f" [{problem.code}]")
                    + _DOCTOR
                )
    sound = any(source.state is PackState.LOADED for source in installed)
    if not sound:
        return
    if place is None:
        yield Text(
            f"{own} 的规则只用于该地的儿童，而这里不知道儿童在何处：户籍地和现居住地的行政区划代码没有填写或无法识别",
            f"the rules of {own} are for children there, and where this child is was not read: fill in the division code of "
            "its registration or residence",
        )
    elif not covers(own, place):
        name = place_name(place[:6], book.overlay(place).rules.places)
        yield Text(
            f"{own} 的规则只用于该地的儿童，而这里按{name.zh}（{place}）的规则计算",
            f"the rules of {own} are for children there, and those of {name.en} ({place}) were asked",
        )


__all__ = ["say_why"]
