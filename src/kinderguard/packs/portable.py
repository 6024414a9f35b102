"""A book that travels: as canonical JSON and back, without loss, and without code.

Called by ``PolicyBook.to_json`` and ``from_json``. Each pack is plain data, with the needs that it adds; what stays
behind are observers, ledger columns, kinds of lists and the functions of fact providers, which are taken from the installed
distribution where the book is read.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model import codes as model_codes
from kinderguard.model.build import build
from kinderguard.model.codes import Code
from kinderguard.model.errors import FieldValueError, Problem, closed
from kinderguard.model.places import check_division
from kinderguard.model.text import Text
from kinderguard.packs.changes import Change, Given, Without, WithParameters, WithPolicies
from kinderguard.packs.loader import PackInHand, PackSource, PackState, Registry, discover
from kinderguard.packs.pack import Pack, check_pack_code
from kinderguard.packs.portable_needs import needs_from_plain, needs_to_plain
from kinderguard.packs.shapes import AN_OBJECT, as_date, as_text, check_keys
from kinderguard.rules import nodes as n
from kinderguard.rules.canonical import canonical_text, digest, plain
from kinderguard.rules.definitions import Category, Check, DeclaredFact, FactProvider, Policy
from kinderguard.rules.errors import DefinitionError, RuleError
from kinderguard.rules.expression import Expr, type_of
from kinderguard.rules.kinds import CODE_LISTS, Kind, as_ratio
from kinderguard.rules.parameters import Parameter
from kinderguard.rules.reading import Functions, Reading, as_flag, as_list, as_string, needed

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

FORMAT = "kinderguard.book/1"
#: Which build of the library wrote a text, and the digest of all else in it; texts of earlier versions have neither.
_WRITTEN_BY, _DIGEST = "kinderguard", "digest"
#: What a pack defines, by the name of the field.
_DEFINED: dict[str, type] = {
    "categories": Category,
    "policies": Policy,
    "checks": Check,
    "facts": DeclaredFact,
    "providers": FactProvider,
}


# ---- writing ----------------------------------------------------------------------------------------------------


def to_text(book: "PolicyBook", divisions: Iterable[str] | None) -> str:
    """See ``PolicyBook.to_json``."""
    from kinderguard import __version__

    data = content(book, divisions) | {_WRITTEN_BY: {"version": __version__, "build": build()}}
    return canonical_text(data | {_DIGEST: digest(data)})


def content(book: "PolicyBook", divisions: Iterable[str] | None) -> dict[str, Any]:
    """What a book says, as plain values; without by what it was written, and a digest."""
    # What is wrong with a pack travels; a strict book raises where it is used, not where it is written.
    lenient = attrs.evolve(book, strict=False, overlays=book._overlays, bases=book._bases)
    registry = book.registry
    if divisions is None:
        lenient.check()
        taken = list(registry.sources)
    else:
        chains = [registry.chain(place) for place in (None, *sorted(set(divisions)))]
        named = {source.name for chain in chains for source in chain}
        taken = [source for source in registry.sources if source.name in named]
        for source in taken:
            lenient.overlay(source.jurisdiction or None)
    here = {source.name for source in taken}
    packs = [_source_to_plain(source, lenient) for source in taken]
    known = {source.name for source in registry.sources}
    # By the code of its own: where the book is read, its source is not there to be asked.
    packs += [
        _source_to_plain(source, lenient) | {"name": code}
        for code, source in sorted(registry.misnamed.items())
        if code not in known
    ]
    changes = [_change_to_plain(change) for change in book.changes]
    return {
        "format": FORMAT,
        "day": None if book.day is None else book.day.isoformat(),
        "division": book.division,
        "strict": book.strict,
        "changes": changes,
        "code_lists": _own_lists([*(source.pack for source in taken), *book.changes]),
        "packs": packs,
        "left_out": [source.name for source in registry.sources if source.name not in here],
        "problems": [_problem_to_plain(problem) for problem in registry.problems],
    }


def _source_to_plain(source: PackSource, book: "PolicyBook") -> dict[str, Any]:
    found: dict[str, Any] = {"name": source.name, "distribution": source.distribution}
    if source.state is not PackState.LOADED or source.pack is None:
        return found | {"problems": [_problem_to_plain(problem) for problem in source.problems]}
    pack = source.pack
    given = book.overlay(source.jurisdiction or None).parameters[source.name]
    return found | {
        "pack": {
            "code": pack.code,
            "title": plain(pack.title),
            "version": pack.version,
            "kinderguard": pack.kinderguard,
            **{name: [plain(value) for value in getattr(pack, name)] for name in _DEFINED},
            # The file is no part of what is hashed, but errors name it.
            "parameters": [plain(p) | ({"file": p.file} if p.file else {}) for p in given],
        },
        "needs": needs_to_plain(source.needs),
    }


def _problem_to_plain(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "message": plain(problem.message), "where": problem.where}


def _change_to_plain(change: Change) -> dict[str, Any]:
    match change:
        case WithParameters(values=values):
            # As pairs: a later place may take an earlier one's value away, and objects have no order.
            return {"with_parameters": [[code, _given_to_plain(code, given)] for code, given in values.items()]}
        case WithPolicies(definitions=definitions):
            return {"with_policies": [plain(definition) for definition in definitions]}
        case Without(codes=codes):
            return {"without": sorted(codes)}


def _given_to_plain(code: str, given: Given | Mapping[str, Given]) -> Any:
    if isinstance(given, Mapping):
        return {"places": [[place, _given_to_plain(code, value)] for place, value in given.items()]}
    match given:
        case bool() | str() | int():
            return given
        case Decimal():
            return {"decimal": str(given)}
        case Fraction():
            return {"ratio": f"{given.numerator}/{given.denominator}"}
        case dt.date():
            return {"date": given.isoformat()}
        case _:
            kind = type_of(given)
            raise DefinitionError(
                Text(
                    f"参数的值不能是{kind.zh}，因此规则集无法写出；请用文字、整数、Decimal、Fraction、日期或真假。",
                    f"{kind.en} is no value that a parameter can have, so the book cannot be written. Give text, a whole "
                    "number, a Decimal, a Fraction, a date, True or False.",
                ),
                code,
            )


def _own_lists(values: Iterable[Any]) -> dict[str, list[list[str]]]:
    """The code lists that packs bring themselves, by name, as rules and facts use them."""
    found: dict[str, list[list[str]]] = {}
    for codes in {kind.codes for value in values for kind in _kinds(value) if kind.codes is not None}:
        name = codes.__name__
        if getattr(model_codes, name, None) is codes:
            continue
        if found.setdefault(name, _list_to_plain(codes)) != _list_to_plain(codes):
            raise DefinitionError(
                Text(
                    f"有两个名为 {name} 的代码表；请给其中一个另起名称。",
                    f"There are two lists of codes named {name}; give one of them its own name.",
                )
            )
    return found


def _kinds(value: Any) -> Iterator[Kind]:
    """Every kind of value in a definition, expressions included."""
    if isinstance(value, Kind):
        yield value
    elif isinstance(value, Expr):
        yield from (node.kind for node in n.walk(value.node))
    elif isinstance(value, tuple):
        for each in value:
            yield from _kinds(each)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _kinds(getattr(value, field.name))


def _list_to_plain(codes: type[Code]) -> list[list[str]]:
    return [[code.name, code.value, code.zh, code.en] for code in codes]


# ---- reading ----------------------------------------------------------------------------------------------------


def read(text: str, *, edited: bool) -> dict[str, Any]:
    """What a book is made of, out of its JSON. See ``PolicyBook.from_json``."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError, TypeError):
        raise DefinitionError(
            Text(
                "这不是规则集：文本不是 JSON；请用 book.to_json() 重新写出。",
                "This is no book: the text is not JSON. Write it again with book.to_json().",
            )
        ) from None
    given = data.get("format") if isinstance(data, dict) else None
    if given != FORMAT:
        if isinstance(given, str) and given.startswith("kinderguard.book/"):
            raise DefinitionError(
                Text(
                    f"规则集的格式为 {given!r}，此版本的 kinderguard 只读 {FORMAT}；请在读取的机器上升级 kinderguard。",
                    f"The book is in the format {given!r}. This version of kinderguard reads {FORMAT}. Upgrade "
                    "kinderguard where it is read.",
                )
            )
        raise DefinitionError(
            Text(
                f"这不是规则集：没有写明格式 {FORMAT!r}；请用 book.to_json() 重新写出。",
                f"This is no book: it does not say that its format is {FORMAT!r}. Write it again with book.to_json().",
            )
        )
    stated = data.pop(_DIGEST, None)
    if stated is not None and not edited and not _is_digest_of(stated, data):
        raise DefinitionError(
            Text(
                "此规则集的文本在写出之后被改动或损坏：内容与其中所记的摘要（digest）不符。请取回原文本，或用 book.to_json() 重新写出；"
                "若是有意修改，请以 PolicyBook.from_json(text, edited=True) 作为新的规则集读取。",
                "The text of this book was changed or damaged after it was written: what it says does not agree with its digest. "
                "Take the text as it was, or write it again with book.to_json(). If it was changed on purpose, read it as a new "
                "book with PolicyBook.from_json(text, edited=True).",
            )
        )
    data.pop(_WRITTEN_BY, None)
    check_keys(
        data,
        ("format", "day", "division", "strict", "changes", "code_lists", "packs", "left_out", "problems"),
        "book",
    )
    lists = _lists(data["code_lists"])
    installed = _Installed()
    sources = [
        _source(entry, f"packs[{k}]", lists, installed) for k, entry in enumerate(as_list(data["packs"], "packs"))
    ]
    sources += [_left_out(as_string(name, "left_out")) for name in as_list(data["left_out"], "left_out")]
    twice = [name for name, count in Counter(s.name for s in sources).items() if count > 1]
    if twice:
        raise DefinitionError(
            Text(
                f"规则集中有两个名为 {twice[0]!r} 的规则包；请去掉其中一个。",
                f"The book has two packs named {twice[0]!r}. Take one of them out.",
            )
        )
    return {
        "registry": Registry(sources, [_problem(p, "problems") for p in as_list(data["problems"], "problems")]),
        "day": None if data["day"] is None else as_date(data["day"], "day"),
        "division": None if data["division"] is None else _place(data["division"]),
        "strict": as_flag(data["strict"], "strict"),
        "changes": tuple(
            _change(c, f"changes[{k}]", Reading(lists)) for k, c in enumerate(as_list(data["changes"], "changes"))
        ),
    }


def _is_digest_of(stated: Any, data: Any) -> bool:
    try:
        return bool(stated == digest(data))
    except (ValueError, RecursionError):  # half a character, or objects in one another without end: none of ours
        return False


def _place(data: Any) -> str:
    try:
        return check_division(as_string(data, "division"))
    except FieldValueError as error:
        raise DefinitionError(error.text + Text("。", "."), "division") from None


def _problem(data: Any, where: str) -> Problem:
    check_keys(data, ("code", "message", "where"), where)
    return Problem(as_string(data["code"], where), as_text(data["message"], where), as_string(data["where"], where))


def _lists(data: Any) -> dict[str, type[Code]]:
    """The code lists by name: those that are here where they say the same, else made from the text."""
    if not isinstance(data, dict):
        raise needed(AN_OBJECT, type_of(data), "code_lists")
    found = dict(CODE_LISTS)
    for name, members in data.items():
        where = f"code_lists, {name}"
        if name in found and _list_to_plain(found[name]) == members:
            continue
        if hasattr(model_codes, name) or not name.isidentifier():
            raise DefinitionError(
                Text(
                    f"规则包自有的代码表不能叫 {name!r}；请另起名称。",
                    f"{name!r} is no name that a pack's own list of codes can have. Give it another.",
                ),
                "code_lists",
            )
        # Not put among the lists of this process: the pack itself may be imported later and bring its own.
        texts = [[as_string(text, where) for text in as_list(member, where)] for member in as_list(members, where)]
        make: Any = Code
        try:
            found[name] = make(name, {member: (value, zh, en) for member, value, zh, en in texts})
        except (TypeError, ValueError):
            raise DefinitionError(
                Text(
                    "代码无法读取；每个代码须有名称、值、中文和英文。",
                    "the codes cannot be read: each has a name, a value, zh and en.",
                ),
                where,
            ) from None
    return found


# ---- packs ------------------------------------------------------------------------------------------------------


class _Installed:
    """What is installed where the book is read; looked for only when a pack needs code."""

    @cached_property
    def _registry(self) -> Registry:
        return discover()

    def pack(self, name: str) -> tuple[Pack | None, str]:
        """The installed pack of a name, loaded, and the distribution that brings it."""
        source = next((s for s in self._registry.sources if s.name == name), None)
        if source is None:
            return None, ""
        self._registry.ensure(source)
        return source.pack, source.distribution


def _source(entry: Any, where: str, lists: Mapping[str, type[Code]], installed: _Installed) -> PackSource:
    """One pack of a book. Its definitions are read when they are first needed."""
    if not isinstance(entry, dict) or "problems" not in entry:
        check_keys(entry, ("name", "distribution", "pack", "needs"), where)
    else:
        check_keys(entry, ("name", "distribution", "problems"), where)
    name = check_pack_code(as_string(entry["name"], where))
    source = PackSource(name, as_string(entry["distribution"], where), lambda: None)
    if "problems" in entry:
        source.quarantine([_problem(p, f"{where} {name}") for p in as_list(entry["problems"], "problems")])
    else:
        source.load = partial(_in_hand, entry["pack"], entry["needs"], source, lists, installed)
    return source


def _left_out(name: str) -> PackSource:
    return PackSource(check_pack_code(name), "left out", partial(_none_in_hand, name))


def _none_in_hand(name: str) -> PackInHand:
    message = Text(
        f"规则集写出时未包含规则包 {name}；请用 book.to_json(divisions=[…]) 重新写出并包含该地区",
        f"the book was written without the pack {name}; write it again with this place among the divisions of to_json",
    )
    return PackInHand(None, (Problem("pack.left_out", message, name),))


def _in_hand(
    data: Any, needs: Any, source: PackSource, lists: Mapping[str, type[Code]], installed: _Installed
) -> PackInHand:
    """A pack read back, with the functions of its providers where they are installed, and the needs that it adds."""
    lacking: list[str] = []
    reading = Reading(lists, functions=_unknown)
    try:
        pack = _pack(data, source.name, reading)
        pack = attrs.evolve(pack, providers=[_equipped(p, pack, installed, lacking) for p in pack.providers])
        added = needs_from_plain(needs, f"{source.name}, needs", reading)
    except RuleError as error:
        return PackInHand(None, (_unreadable(error, source),))
    return PackInHand(pack, (_provider_absent(pack, lacking, installed, source),) if lacking else (), added)


def _pack(data: Any, name: str, reading: Reading) -> Pack:
    check_keys(data, ("code", "title", "version", "kinderguard", *_DEFINED, "parameters"), name)
    defined: dict[str, Any] = {
        field: reading.several(data[field], cls, f"{name}, {field}") for field, cls in _DEFINED.items()
    }
    return Pack(
        code=as_string(data["code"], f"{name}, code"),
        title=as_text(data["title"], f"{name}, title"),
        version=as_string(data["version"], f"{name}, version"),
        kinderguard=as_string(data["kinderguard"], f"{name}, kinderguard"),
        **defined,
        parameters=reading.several(data["parameters"], Parameter, f"{name}, parameters"),
    )


def _nothing(_: Mapping[str, Any]) -> None:
    """What a provider says whose code is not here: nothing is known."""
    return


def _unknown(_: str) -> Functions:
    return _nothing, None


def _equipped(read: FactProvider, pack: Pack, installed: _Installed, lacking: list[str]) -> FactProvider:
    """A provider with its functions, from the distribution of the same version that declares it the same way."""
    found, _ = installed.pack(pack.code)
    for provider in found.providers if found is not None and found.version == pack.version else ():
        if provider.code == read.code and plain(provider) == plain(read):
            return attrs.evolve(read, one=provider.one, many=provider.many)
    lacking.append(read.code)
    return read


def _provider_absent(pack: Pack, lacking: Iterable[str], installed: _Installed, source: PackSource) -> Problem:
    facts = ", ".join(lacking)
    found, distribution = installed.pack(pack.code)
    zh = f"此处安装的是 {distribution}（规则包版本 {found.version}）" if found else "此处未安装"
    en = f"{distribution} with version {found.version} of the pack" if found else "nothing"
    return Problem(
        "pack.provider_absent",
        Text(
            f"规则包 {pack.code}（版本 {pack.version}）用自己的程序取得 {facts}，而{zh}，按未知处理；"
            f"请在执行计算的机器上安装 {source.distribution}",
            f"the pack {pack.code}, version {pack.version}, finds {facts} with code of its own, and {en} is installed "
            f"here; taken as unknown. Install {source.distribution} on the workers",
        ),
        source.where,
    )


def _unreadable(error: RuleError, source: PackSource) -> Problem:
    return Problem(
        "pack.unreadable",
        Text(
            f"规则集文本中的规则包无法读取：{closed(error.text.zh, '。')}请用 book.to_json() 重新写出",
            f"the pack cannot be read from the book's JSON: {closed(error.text.en, '.')} Write the book again with book.to_json()",
        ),
        source.where,
    )


# ---- changes ----------------------------------------------------------------------------------------------------


def _change(data: Any, where: str, reading: Reading) -> Change:
    known: dict[str, Callable[[Any], Change]] = {
        "with_parameters": lambda given: WithParameters(
            {code: _given(value, f"{where} {code}") for code, value in _pairs(given, where)}
        ),
        "with_policies": lambda given: WithPolicies(
            tuple(_definition(d, f"{where}[{k}]", reading) for k, d in enumerate(as_list(given, where)))
        ),
        "without": lambda given: Without(frozenset(as_string(c, where) for c in as_list(given, where))),
    }
    if not isinstance(data, dict) or len(data) != 1 or next(iter(data)) not in known:
        raise DefinitionError(
            Text(f"改动为 {'、'.join(known)} 之一。", f"a change is one of {', '.join(known)}."), where
        )
    ((name, given),) = data.items()
    return known[name](given)


def _definition(data: Any, where: str, reading: Reading) -> Any:
    kinds = {cls.__name__.lower(): cls for cls in (Policy, Category, Check)}
    given = data.get("is") if isinstance(data, dict) else None
    return reading.read(data, kinds.get(given, Policy) if isinstance(given, str) else Policy, where)


def _pairs(data: Any, where: str) -> list[tuple[str, Any]]:
    pairs = as_list(data, where)
    if not all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        raise DefinitionError(
            Text("此处应为成对的列表：[[代码, 值], …]。", "a list of pairs is needed here: [[code, value], …]."), where
        )
    return [(name, value) for name, value in pairs]


def _given(data: Any, where: str) -> Any:
    if isinstance(data, bool | int | str):
        return data
    if isinstance(data, dict) and len(data) == 1:
        ((kind, value),) = data.items()
        if kind == "places":
            return {place: _given(each, f"{where} @ {place}") for place, each in _pairs(value, where)}
        try:
            if kind == "decimal":
                return Decimal(as_string(value, where))
            if kind == "ratio":
                return as_ratio(as_string(value, where))
        except (InvalidOperation, ValueError):
            raise DefinitionError(
                Text(
                    f'{kind} 无法读取；请写作 "600.00" 或 "3/2"。',
                    f'the {kind} cannot be read: write "600.00" or "3/2".',
                ),
                where,
            ) from None
        if kind == "date":
            return as_date(value, where)
    raise DefinitionError(
        Text(
            "此处应为文字、整数、true、false、decimal、ratio 或 date。",
            "text, a whole number, true, false, a decimal, a ratio or a date is needed here.",
        ),
        where,
    )
