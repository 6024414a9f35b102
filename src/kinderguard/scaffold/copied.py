"""A pack that was copied for another place and still says the old one's: its name replaces the old pack where both are
installed, and its title stands above the wrong place's results. Asked by ``doctor``; it reads files and imports nothing.
"""

import re
from collections.abc import Iterator

from kinderguard.model.places import PROVINCES
from kinderguard.model.text import Text
from kinderguard.packs.pack import Pack, jurisdiction_of
from kinderguard.scaffold.new_pack import ANSWERS_FILE
from kinderguard.scaffold.whereabouts import Whereabouts

_ANSWER = re.compile(r"^(code|title_zh|name): *['\"]?(.*?)['\"]?\s*$", re.MULTILINE)
#: A division's code in a name: two digits alone may be anything.
_CODE_IN_NAME = re.compile(r"(?<!\d)(?:\d{12}|\d{9}|\d{6}|\d{4})(?!\d)")


def copied(pack: Pack, distribution: str, where: Whereabouts) -> Iterator[Text]:
    """What of a pack still says another place than its code.

    Args:
        pack: the pack.
        distribution: what brings it, with its version.
        where: its files.
    """
    place, name = jurisdiction_of(pack.code), distribution.partition(" ")[0]
    answers = _answers(where)
    made_for = answers.get("code", pack.code)
    if jurisdiction_of(made_for) != place:
        same_title, same_name = pack.title.zh == answers.get("title_zh"), name == answers.get("name")
        kept = [f"title（{pack.title.zh}）"] * same_title + [f"name（{name}）"] * same_name
        kept_en = [f"its title ({pack.title.en})"] * same_title + [f"its name ({name})"] * same_name
        if kept:
            yield Text(
                f"此包由 kinderguard new-pack 为 {made_for} 生成，现在的代码是 {pack.code}，而 {'、'.join(kept)} 仍是原来的",
                f"the pack was made for {made_for} by kinderguard new-pack and its code is {pack.code} now, but "
                f"{' and '.join(kept_en)} {'are' if len(kept) > 1 else 'is'} as before",
            )
            return
    others = [code for code in _CODE_IN_NAME.findall(name) if not (code.startswith(place) or place.startswith(code))]
    if place and others and others[0][:2] in PROVINCES:
        yield Text(
            f"发行包名称 {name} 含有另一个行政区划代码 {others[0]}，而此包的代码是 {pack.code}",
            f"the distribution's name {name} holds another division's code, {others[0]}, and the pack's code is {pack.code}",
        )


def _answers(where: Whereabouts) -> dict[str, str]:
    """What the pack was filled in with when it was made; nothing of one that was not made so or is installed as a wheel."""
    if where.sources.project is None:
        return {}
    try:
        text = (where.sources.project / ANSWERS_FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return dict(_ANSWER.findall(text))
