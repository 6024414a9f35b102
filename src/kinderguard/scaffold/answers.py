"""What a new pack is filled in with: names, place and versions, from a division code and a title. Writes nothing."""

import datetime as dt
import re

import attrs

from kinderguard.model.errors import FieldValueError, ToldError
from kinderguard.model.places import COUNTIES, PROVINCES, check_division, place_name
from kinderguard.model.text import Text
from kinderguard.packs.pack import check_pack_code, jurisdiction_of, shortened
from kinderguard.rules.errors import DefinitionError

_DISTRIBUTION = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")


class ScaffoldError(ToldError, ValueError):
    """A pack that cannot be written or updated; ``text`` says what is wrong and what to do, in both languages."""


@attrs.frozen
class Answers:
    """The answers to the template's questions (see ``template/copier.yml``)."""

    code: str
    division: str
    title_zh: str
    title_en: str
    #: The English title is a placeholder that the developer must replace.
    title_en_marked: bool
    name: str
    package: str
    kinderguard: str
    year: int


def answers_for(
    code: str,
    *,
    title: str | None = None,
    title_en: str | None = None,
    name: str | None = None,
    year: int | None = None,
) -> Answers:
    """What a pack of this code is filled in with.

    Args:
        code: a division (``"330106"``), or a division with a suffix (``"330106.education"``).
        title: the Chinese title; the place's name, where it is known.
        title_en: the English title; the place's name where it is known and no Chinese title is given, else a mark. Of a
            division with a suffix the suffix is added, so that no two packs have one title.
        name: of the distribution; ``kinderguard-330106`` if left out.
        year: of the examples; this year if left out.

    Raises:
        ScaffoldError: no division code, a place whose name is not known and no title, or a name that pip would refuse.
    """
    _check_code(code)
    division = jurisdiction_of(code)
    known = COUNTIES.get(division) or PROVINCES.get(division)
    suffix = code.partition(".")[2]
    own = f"（{suffix}）" if suffix else ""
    zh = title or (known.zh + own if known else None)
    if not zh:
        raise ScaffoldError(
            Text(
                f"行政区划 {division}（{place_name(division[:2]).zh}）的名称不在表中，请用 --title 写明，如 --title 某某县",
                f"the name of {division} ({place_name(division[:2]).en}) is not in the table; give it with --title",
            )
        )
    # A title of the author's own, or of one of several packs of a place, is not the place's name.
    place = known.en if known else f"Division {division}"
    marked = not title_en and (not known or bool(suffix) or (title is not None and title != known.zh))
    en = title_en or (f"{place} ({suffix})" if suffix else place)
    name = name or "kinderguard-" + re.sub(r"[._]", "-", code)
    if not _DISTRIBUTION.match(name) or name == "kinderguard":
        raise ScaffoldError(
            Text(
                f"分发包名称 {name!r} 不可用：应为小写字母、数字和连字符，以字母开头，如 kinderguard-xihu",
                f"{name!r} is no name for a distribution: lower-case letters, digits and hyphens, as in kinderguard-xihu",
            )
        )
    for text in (zh, en):
        _check_title(text)
    return Answers(
        code=code,
        division=division,
        title_zh=zh,
        title_en=en,
        title_en_marked=marked,
        name=name,
        package=name.replace("-", "_"),
        kinderguard=supported_range(),
        year=year or dt.date.today().year,
    )


def supported_range() -> str:
    """The range of kinderguard versions that a pack of today states: this minor version, whatever its patches."""
    from kinderguard import __version__

    major, minor = __version__.split(".")[:2]
    return f">={major}.{minor},<{major}.{int(minor) + 1}"


def _check_code(code: str) -> None:
    if code == "cn" or code.startswith("cn."):
        raise ScaffoldError(
            Text("全国的规则在 kinderguard 之内，不另建规则包", "the nation's rules come with kinderguard itself")
        )
    try:
        division = check_division(code.split(".", 1)[0])
        if shortened(division) == division:
            check_pack_code(code)
    except FieldValueError as error:
        raise ScaffoldError(
            Text(f"{code!r}：{error.text.zh}，如 330106", f"{code!r}: {error.text.en}, such as 330106")
        ) from None
    except DefinitionError:
        raise ScaffoldError(
            Text(
                f"{code!r} 不能作规则包的代码：应为行政区划代码，如 330106；同一区划有几个规则包时加后缀，如 330106.education",
                f"{code!r} is no pack's code: write the division, as in 330106, or with a suffix, as in 330106.education",
            )
        ) from None
    meant = shortened(division) + code[len(division) :]
    if meant != code:
        raise ScaffoldError(
            Text(
                f"{code!r} 用 0 补足了位数：儿童的区划代码不会以它开头，规则包不会对任何儿童生效；请写 {meant}",
                f"{code!r} is filled up with zeros: no child's division begins with it, and the pack would be used for "
                f"nobody; write {meant}",
            )
        )


def _check_title(text: str) -> None:
    """A title is written into Python and TOML between quotation marks."""
    if any(c in text for c in '"\\\n\r'):
        raise ScaffoldError(
            Text(
                f"名称 {text!r} 不能含引号、反斜线或换行",
                f"the title {text!r} has a quotation mark, backslash or line break",
            )
        )
