"""Sharing a file: only the facts that the recipient's role and the purpose allow, with the ground checked, and every
attempt written down, a refused one too.

Used by the store. What may be shared with whom is data (``sharing.toml``, this library's defaults, or a county's own
file); this module never widens it. The entry of an attempt holds paths, codes and reasons, and nothing out of the file;
it is written before anything is given.
"""

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import attrs

from kinderguard.casefile.chain.bodies import read_consent
from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.errors import ConflictError, StoreError, UnreadableEntryError
from kinderguard.casefile.facts import case_of, facts_of
from kinderguard.casefile.history import holdings, stated_on, values, withdrawn
from kinderguard.casefile.moving.charge import standing
from kinderguard.model.case import Case
from kinderguard.model.codes import Code, ConsentGiver, ConsentScope
from kinderguard.model.dates import age_on
from kinderguard.model.errors import InvalidRecordError, suggestion
from kinderguard.model.help import Consent
from kinderguard.model.record import Record, is_personal
from kinderguard.model.text import Text, join, same
from kinderguard.model.toml_files import read_toml

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

FORMAT = "kinderguard.sharing/1"
#: Below this age the guardian's consent is needed (个人信息保护法 art. 31).
GUARDIAN_BELOW = 14
#: How often it is tried again where somebody else wrote to the file meanwhile.
_ATTEMPTS = 5


class SharingBasis(Code):
    """The ground on which a file is shared 共享依据."""

    CONSENT = "consent", "同意", "consent"
    STATUTORY_DUTY = "statutory_duty", "履行法定职责", "a statutory duty"
    MANDATORY_REPORT = (
        "mandatory_report",
        "强制报告（未成年人保护法第十一条）",
        "the duty to report (law on minors, art. 11)",
    )


class Refusal(Code):
    """Why something is not shared 不予共享的原因."""

    NO_RULE = "no_rule", "规则未允许该角色为此目的取得信息", "no rule gives this role anything for this purpose"
    NO_SUCH_BASIS = "no_such_basis", "该角色和目的不能以此为依据", "this ground is not open to this role and purpose"
    NO_CONSENT = "no_consent", "没有允许共享的同意", "there is no consent to share"
    NOT_YET = "not_yet", "同意尚未生效", "the consent has not begun"
    EXPIRED = "expired", "同意已过期", "the consent has ended"
    CONSENT_WITHDRAWN = "consent_withdrawn", "同意已撤回", "the consent was withdrawn"
    GUARDIAN_NEEDED = "guardian_needed", "未满十四周岁，须由监护人同意", "under 14 the guardian's consent is needed"
    UNCLEAR = "unclear", "同意的同意人或起始日期不明", "who consented, or from when, is not known"
    NOT_IN_CHARGE = "not_in_charge", "经办人所属地区不负责该档案", "the user's division is not in charge of the file"
    OVERRIDE_WITHOUT_REASON = "override_without_reason", "强制共享未写明理由", "an override needs a reason"


class SharingRulesError(StoreError, ValueError):
    """A file of sharing rules that cannot be used, or a role, purpose or ground that it does not have."""


class SharingRefusedError(StoreError):
    """The file was not shared. The attempt is written down.

    Attributes:
        why: the reasons.
        entry: the number of the entry of the attempt.
    """

    def __init__(self, text: Text, why: tuple[Refusal, ...] = (), entry: int = 0) -> None:
        self.why, self.entry = why, entry
        super().__init__(text)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.text, self.why, self.entry)


@attrs.frozen
class Recipient:
    """Who is to be given something: a role as the rules name it, and the organisation (never a person's name).

    Raises:
        SharingRulesError: no organisation is named.
    """

    role: str
    organisation: str

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.organisation, str) or not self.organisation.strip():
            raise SharingRulesError(
                Text(
                    "须写明接收单位（organisation）。",
                    "Name the organisation that is to be given something (organisation).",
                )
            )


@attrs.frozen
class Override:
    """Sharing although the rules or the consent do not allow it.

    Args:
        reason: why, without names or ID numbers; it is written down for whoever audits, and stays after an erasure.
        fields: further paths to give, each personal or guarded one by its own whole path.
    """

    reason: str = attrs.field(repr=False)
    fields: tuple[str, ...] = attrs.field(default=(), converter=tuple)


@attrs.frozen
class SharingRule:
    """What one role may be given for one purpose, and on which grounds."""

    role: str
    purpose: str
    bases: frozenset[SharingBasis]
    fields: frozenset[str]


@attrs.frozen
class SharingRules:
    """Who may be given what, for what.

    >>> rules = SharingRules.default()
    >>> rules.allows("volunteer", "company", "child.name"), rules.allows("volunteer", "company", "child.resident_id")
    (True, False)
    """

    roles: Mapping[str, Text]
    purposes: Mapping[str, Text]
    rules: Mapping[tuple[str, str], SharingRule]
    guarded: frozenset[str]

    @classmethod
    def default(cls) -> Self:
        """This library's defaults; they are not law."""
        return cls.from_toml(Path(__file__).with_name("sharing.toml"))

    @classmethod
    def from_toml(cls, path: Path | str) -> Self:
        """The rules of a file; ``sharing.toml`` beside this module is an example.

        Raises:
            SharingRulesError: with the place and the mend.
        """
        file = Path(path)
        try:
            data = read_toml(file)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise _faulty(
                file.name, Text(f"无法读取（{type(error).__name__}）", f"cannot be read ({type(error).__name__})")
            ) from None
        return cls._of(data, file.name)

    @classmethod
    def _of(cls, data: Mapping[str, Any], file: str) -> Self:
        if data.get("format") != FORMAT:
            raise _faulty(file, Text(f"format 应为 {FORMAT!r}", f"its format is not {FORMAT!r}"))
        roles, purposes = (_titles(data, name, file) for name in ("roles", "purposes"))
        guarded = frozenset(_paths(data.get("guarded", []), f"{file}, guarded"))
        rules: dict[tuple[str, str], SharingRule] = {}
        for number, raw in enumerate(data.get("rules", []), 1):
            rule = _rule(raw, roles, purposes, f"{file}, rules[{number}]")
            if (rule.role, rule.purpose) in rules:
                raise _faulty(
                    f"{file}, rules[{number}]",
                    Text("该角色和目的已有一条规则", "this role and purpose have a rule already"),
                )
            rules[rule.role, rule.purpose] = rule
        return cls(roles, purposes, rules, guarded)

    def rule(self, role: str, purpose: str) -> SharingRule | None:
        """What a role may be given for a purpose; None where that is nothing.

        Raises:
            SharingRulesError: there is no such role or purpose; with the nearest.
        """
        for name, known, what in (
            (role, self.roles, Text("角色", "role")),
            (purpose, self.purposes, Text("目的", "purpose")),
        ):
            if name not in known:
                near, listed = suggestion(str(name), known), join([same(repr(code)) for code in known])
                raise SharingRulesError(
                    Text(
                        f"共享规则中没有这个{what.zh}。{near.zh}可用：{listed.zh}。",
                        f"The sharing rules have no such {what.en}.{near.en} There are: {listed.en}.",
                    )
                )
        return self.rules.get((role, purpose))

    def allows(self, role: str, purpose: str, path: str) -> bool:
        """Whether a role may be given a fact for a purpose.

        Raises:
            SharingRulesError: there is no such role or purpose.
        """
        rule = self.rule(role, purpose)
        return rule is not None and self.opens(rule.fields, path)

    def opens(self, fields: Collection[str], path: str) -> bool:
        """Whether fields open a path: by name; or by what it lies in, unless it is personal or guarded."""
        if path in fields:
            return True
        own = {path, *_above(path)}
        closed = own & (personal_paths() | self.guarded)
        if any(c not in fields for c in closed) or path[:1].isdigit():
            return False
        return not own.isdisjoint(fields)


@attrs.frozen
class SharedFile:
    """What a recipient is given.

    Attributes:
        ref: the file.
        recipient, purpose, basis, on: to whom, for what, on which ground, on which day.
        facts: by path, as JSON values; of lists only the facts that are allowed. Personal, so not shown.
        withheld: the paths of what is known and was not given.
        entry: the number of the audit entry.
        overridden: whether rules or consent were overridden.
    """

    ref: str
    recipient: Recipient
    purpose: str
    basis: SharingBasis
    on: dt.date
    facts: Mapping[str, Any] = attrs.field(repr=False)
    withheld: tuple[str, ...]
    entry: int
    overridden: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, facts included: this is what is sent."""
        return {
            "ref": self.ref,
            "recipient": {"role": self.recipient.role, "organisation": self.recipient.organisation},
            "purpose": self.purpose,
            "basis": self.basis.value,
            "on": self.on.isoformat(),
            "entry": self.entry,
            "facts": dict(self.facts),
        }


def share(
    store: "CaseStore",
    ref: str,
    *,
    recipient: Recipient,
    purpose: str,
    basis: SharingBasis | str,
    by: str,
    consent: Consent | None = None,
    override: Override | None = None,
    on: dt.date | None = None,
    rules: SharingRules | None = None,
    acting: str | None = None,
) -> SharedFile:
    """Give a recipient what its role and the purpose allow, and write that down; a refusal is written down as well.

    Args:
        store, ref: the file.
        recipient: who is to be given something.
        purpose: for what, as the rules name it.
        basis: on which ground. With consent, one in force on the day is needed: given by the guardian where the child is
            under 14 (or may be, where the birth date is not known well enough), by the child or the guardian from then on.
        by: the code of the user, never a name.
        consent: the consent relied on; those of the file, if left out. A withdrawal in the file stands against it
            unless it was given afterwards.
        override: to share all the same, with a reason.
        on: the day; today if left out.
        rules: a county's own; this library's defaults, if left out.
        acting: the division that shares, as for ``store.append``.

    Raises:
        SharingRefusedError: it may not be shared. The attempt is written down, without any fact.
        SharingRulesError: there is no such role, purpose or ground, or a further field does not exist. Nothing is written.
        UnknownFileError: there is no such file.
        ConflictError: others kept writing to the file; nothing was given.

    Legal source: 个人信息保护法 arts. 28, 29, 31 (statute); 困境儿童个人信息保护工作办法, minimum necessary (press).
    """
    rules, day, ground = rules or SharingRules.default(), store._day(on, "on"), _basis(basis)
    rule = rules.rule(recipient.role, purpose)
    extra = frozenset(_paths(override.fields if override else (), "override"))
    for attempt in range(_ATTEMPTS):
        entries = store.entries(ref)
        case = case_of(ref, values(stated_on(holdings(entries), day)))
        relied_on, refusals = _grounds(rule, ground, case, entries, consent, day)
        asked = NewEntry(ref, EntryKind.SHARE, {}, day, by=by, acting=acting)
        if standing(asked, entries, (), max(day, store.today()), store._users).refused is not None:
            refusals = (*refusals, Refusal.NOT_IN_CHARGE)
        if override is not None:
            refusals = () if override.reason.strip() else (Refusal.OVERRIDE_WITHOUT_REASON,)
        given: dict[str, Any] = {}
        withheld: list[str] = []
        if not refusals:
            fields = (rule.fields if rule else frozenset()) | extra
            for path, value in facts_of(case).items():
                kept = _allowed(rules, fields, path, value, withheld)
                if kept is not _NOTHING:
                    given[path] = kept
        body = {
            "recipient": {"role": recipient.role, "organisation": recipient.organisation.strip()},
            "purpose": purpose,
            "basis": ground.value,
            "outcome": "refused" if refusals else "given",
            "refused_because": [r.value for r in refusals],
            "fields": sorted(set(_paths_given(given))),
            "override": None if override is None else {"reason": override.reason.strip(), "fields": sorted(extra)},
            "consent": None if relied_on is None else relied_on.model_dump(mode="json", exclude_none=True),
        }
        if acting is not None:
            body["acting"] = acting
        try:
            # A consent that was withdrawn while this was worked out must not be overlooked.
            entry = store.append(ref, EntryKind.SHARE, body, valid_from=day, by=by, expect=entries[-1].number)
            break
        except ConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
    if refusals:
        raise _refused(ref, refusals, entry.number)
    return SharedFile(
        ref, recipient, purpose, ground, day, given, tuple(sorted(set(withheld))), entry.number, override is not None
    )


# ---- the ground --------------------------------------------------------------------------------------------------


def _grounds(
    rule: SharingRule | None,
    basis: SharingBasis,
    case: Case,
    entries: Iterable[Entry],
    shown: Consent | None,
    day: dt.date,
) -> tuple[Consent | None, tuple[Refusal, ...]]:
    """The consent that is relied on, and what stands against sharing."""
    found: list[Refusal] = []
    if rule is None:
        found.append(Refusal.NO_RULE)
    elif basis not in rule.bases:
        found.append(Refusal.NO_SUCH_BASIS)
    if basis is not SharingBasis.CONSENT:
        return None, tuple(found)
    filed = [c for c in (*(case.consents or ()), *written_consents(entries)) if c.scope is ConsentScope.SHARE]
    consents = filed if shown is None else [shown] if shown.scope is ConsentScope.SHARE else []
    against = [
        (c, Refusal.CONSENT_WITHDRAWN if _taken_back(c, filed, day) else _against(c, needs_guardian(case, day), day))
        for c in consents
    ]
    good = next((c for c, reason in against if reason is None), None)
    if good is None:
        found += dict.fromkeys(reason for _, reason in against if reason is not None)
        found += [] if consents else [Refusal.NO_CONSENT]
    return good, tuple(found)


def _taken_back(consent: Consent, filed: Iterable[Consent], day: dt.date) -> bool:
    """Whether the file holds a withdrawal by the same giver that is not older than the consent.

    A consent says neither to whom nor for what, so a withdrawal counts against every one that its giver gave until then;
    only one that was given afterwards stands. So a consent shown by the caller cannot pass over a withdrawal on file.
    """
    return any(
        other.withdrawn_on is not None
        and other.withdrawn_on.earliest <= day
        and (other.giver is consent.giver or None in (other.giver, consent.giver))
        and (consent.since is None or consent.since.earliest <= other.withdrawn_on.latest)
        for other in filed
    )


def written_consents(entries: Iterable[Entry]) -> Iterator[Consent]:
    """Consents that were written as entries of their own (of the kind ``consent``), those taken back left out.

    Raises:
        UnreadableEntryError: one of them is no consent; the file and the entry are named.
    """
    entries = list(entries)
    gone = withdrawn(entries)
    for entry in entries:
        if entry.kind is EntryKind.CONSENT and not entry.erased and entry.number not in gone:
            try:
                consent = read_consent(entry.body, entry.valid_from, entry.valid_until)
            except (InvalidRecordError, TypeError, ValueError):
                raise UnreadableEntryError.of(entry.number, entry.ref, entry.kind.label) from None
            yield consent


def standing_scopes(
    case: Case, entries: Iterable[Entry], day: dt.date
) -> tuple[tuple[ConsentGiver, ConsentScope], ...]:
    """What consents stand on a day that a file holds, as facts or as entries of their own: who gave each, and for what.

    Args:
        case: what the file says on that day.
        entries: those of the file.
        day: the day.
    """
    filed = [*(case.consents or ()), *written_consents(entries)]
    found: dict[tuple[ConsentGiver, ConsentScope], None] = {}
    for each in filed:
        if each.giver is None or each.scope is None or each.withdrawn_on is not None:
            continue
        alike = (other for other in filed if other.scope is each.scope)
        if not _taken_back(each, alike, day) and _against(each, False, day) is None:
            found[each.giver, each.scope] = None
    return tuple(found)


def needs_guardian(case: Case, day: dt.date) -> bool:
    """Whether the guardian's consent is needed: the child is under 14, or may be."""
    born = case.child.birth_date
    return born is None or age_on(born.latest, day) < GUARDIAN_BELOW


def _against(consent: Consent, guardian: bool, day: dt.date) -> Refusal | None:
    """What stands against a consent on a day. A date that may lie on either side stands against it."""
    if consent.giver is None or consent.since is None:
        return Refusal.UNCLEAR
    if consent.withdrawn_on is not None and consent.withdrawn_on.earliest <= day:
        return Refusal.CONSENT_WITHDRAWN
    if consent.since.latest > day:
        return Refusal.NOT_YET
    if consent.until is not None and consent.until.earliest < day:
        return Refusal.EXPIRED
    if guardian and consent.giver is not ConsentGiver.GUARDIAN:
        return Refusal.GUARDIAN_NEEDED
    return None


def _refused(ref: str, refusals: tuple[Refusal, ...], entry: int) -> SharingRefusedError:
    why = join([r.label for r in refusals], "；", "; ")
    return SharingRefusedError(
        Text(
            f"档案 {ref} 未共享：{why.zh}。此次申请已记为第 {entry} 条。请取得有效同意，或改用允许的依据；"
            "确需共享的，用 Override(reason=…) 写明理由。",
            f"File {ref} was not shared: {why.en}. The attempt is entry {entry}. Obtain a consent that is in force or name "
            "a ground that is allowed; where it must be shared all the same, Override(reason=...) states why.",
        ),
        refusals,
        entry,
    )


# ---- the facts -----------------------------------------------------------------------------------------------------

_NOTHING: Any = object()


def _allowed(rules: SharingRules, fields: Collection[str], path: str, value: Any, withheld: list[str]) -> Any:
    """What may be given of a value: of records in a list, only their allowed facts. A pack's own fact is one whole."""
    if path[:1].isdigit():
        if path in fields:
            return value
        withheld.append(path)
        return _NOTHING
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        kept = [_allowed_record(rules, fields, path, record, withheld) for record in value]
        if any(kept):
            return kept
        # Not even how many there are: that a child was harmed twice is a fact as well.
        withheld.append(path)
        return _NOTHING
    if isinstance(value, dict):
        return _allowed_record(rules, fields, path, value, withheld) or _NOTHING
    if rules.opens(fields, path):
        return value
    withheld.append(path)
    return _NOTHING


def _allowed_record(
    rules: SharingRules, fields: Collection[str], path: str, record: Mapping[str, Any], withheld: list[str]
) -> dict[str, Any]:
    kept = {name: _allowed(rules, fields, f"{path}.{name}", v, withheld) for name, v in record.items() if v is not None}
    return {name: v for name, v in kept.items() if v is not _NOTHING}


def _above(path: str) -> Iterator[str]:
    parts = path.split(".")
    for end in range(1, len(parts)):
        yield ".".join(parts[:end])


def _paths_given(value: Any, path: str = "") -> Iterator[str]:
    """The paths of what is given, without the numbers of records."""
    if path[:1].isdigit():
        yield path  # what a pack's own fact is made of may be personal
    elif isinstance(value, Mapping):
        for name, v in value.items():
            yield from _paths_given(v, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(v, Mapping) for v in value):
        for v in value:
            yield from _paths_given(v, path)
    else:
        yield path


# ---- the rules' file -------------------------------------------------------------------------------------------------


@cache
def all_paths() -> frozenset[str]:
    """Every path that a case can have, parts and lists included, without the numbers of records."""
    return frozenset(path for path, _ in _walk(Case, ""))


@cache
def personal_paths() -> frozenset[str]:
    """The paths of personal fields, without the numbers of records."""
    return frozenset(path for path, personal in _walk(Case, "") if personal)


def _walk(model: type[Record], before: str) -> Iterator[tuple[str, bool]]:
    for name, field in model.model_fields.items():
        path = f"{before}{name}"
        yield path, is_personal(field)
        inner = next(iter(_records_in(field.annotation)), None)
        if inner is not None:
            yield from _walk(inner, f"{path}.")


def _records_in(annotation: Any) -> Iterator[type[Record]]:
    import typing

    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in typing.get_args(annotation):
        yield from _records_in(part)


def _faulty(where: str, what: Text) -> SharingRulesError:
    return SharingRulesError(Text(f"共享规则 {where}：{what.zh}。", f"Sharing rules, {where}: {what.en}."))


def _titles(data: Mapping[str, Any], name: str, file: str) -> dict[str, Text]:
    table = data.get(name)
    if not isinstance(table, dict) or not all(isinstance(t, dict) and {"zh", "en"} <= t.keys() for t in table.values()):
        raise _faulty(f"{file}, {name}", Text("应为“代码 = {zh, en}”的表", "is a table of codes with zh and en"))
    return {code: Text(t["zh"], t["en"]) for code, t in table.items()}


def _rule(raw: Any, roles: Collection[str], purposes: Collection[str], where: str) -> SharingRule:
    needed = {"role", "purpose", "bases", "fields"}
    if not isinstance(raw, dict) or raw.keys() != needed:
        raise _faulty(where, Text(f"应恰有 {'、'.join(sorted(needed))}", f"has exactly {', '.join(sorted(needed))}"))
    for name, known in (("role", roles), ("purpose", purposes)):
        if raw[name] not in known:
            near = suggestion(str(raw[name]), known)
            raise _faulty(f"{where}, {name}", Text(f"没有这个代码。{near.zh}", f"there is no such code.{near.en}"))
    bases = frozenset(_basis(b) for b in raw["bases"])
    return SharingRule(raw["role"], raw["purpose"], bases, frozenset(_paths(raw["fields"], where)))


def _paths(paths: Iterable[str], where: str) -> Iterator[str]:
    """The paths, each checked; a pack's own fact (``330199.x``) is taken as it is."""
    for path in paths:
        if path not in all_paths() and not path[:1].isdigit():
            near = suggestion(path, all_paths())
            raise _faulty(where, Text(f"没有字段 {path!r}。{near.zh}", f"there is no field {path!r}.{near.en}"))
        yield path


def _basis(basis: SharingBasis | str) -> SharingBasis:
    try:
        return SharingBasis.of(basis)
    except ValueError:
        pass  # told below, without what was given
    raise SharingRulesError(
        Text(f"共享依据应为：{'、'.join(SharingBasis)}。", f"A ground for sharing is one of {', '.join(SharingBasis)}.")
    )


__all__ = [
    "Override", "Recipient", "Refusal", "SharedFile", "SharingBasis", "SharingRefusedError", "SharingRule",
    "SharingRules", "SharingRulesError", "all_paths", "needs_guardian", "personal_paths", "share",
    "written_consents",
]  # fmt: skip
