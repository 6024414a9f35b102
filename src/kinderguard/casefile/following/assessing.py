"""Assessments of filed children: kept with their rules, and computed again from what was kept.

Used by ``CaseStore.assess`` and ``reproduce``. Of the rules the canonical JSON is kept, once for each fingerprint; of facts
that packs fetched elsewhere, what was fetched. So a result can be had again after packs have changed or are gone.
"""

import datetime as dt
import hashlib
import zlib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.entries import Entry, text_digest
from kinderguard.casefile.errors import ErasedError, NotReproducibleError
from kinderguard.engines.assessment import Assessment
from kinderguard.engines.assessment_line import assessment_line
from kinderguard.engines.plan import PROVIDED
from kinderguard.model.case import Case
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook

if TYPE_CHECKING:
    from kinderguard.casefile.chain.writing import Writing


def body_of(result: Assessment, seen: int, book_digest: str) -> dict[str, Any]:
    """What is kept of an assessment.

    Args:
        result: the assessment.
        seen: the number of the last entry that its case rests on.
        book_digest: the digest of the rules as they are kept.

    Raises:
        NotReproducibleError: a fact that a pack fetched cannot be kept.
    """
    said: Mapping[str, Any] = result.trace[PROVIDED]
    return {
        "on": result.on.isoformat(),
        "division": result.division,
        "fingerprint": result.fingerprint,
        "book": book_digest,
        "seen": seen,
        "provided": {path: _kept(path, value) for path, value in said.items()},
        "not_provided": [
            {"code": p.code, **p.message.to_dict(), "where": p.where}
            for p in result.problems
            if p.code == "provider.failed"
        ],
        "line": assessment_line(result),
    }


def _kept(path: str, value: Any) -> Any:
    """A fetched value as JSON that says of what kind it is."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case Decimal():
            return {"decimal": str(value)}
        case Fraction():
            return {"ratio": f"{value.numerator}/{value.denominator}"}
        case dt.date():
            return {"date": value.isoformat()}
        case PartialDate():
            return {"partial": str(value)}
    raise NotReproducibleError(
        Text(
            f"规则包为“{path}”取得的值是 {type(value).__name__}，无法保存，评估将无法再现，因此未写入；请修改该取数程序。",
            f"What a pack fetched for '{path}' is a {type(value).__name__}, which cannot be kept; the assessment could not "
            "be had again, so it was not written. Mend the provider of the fact.",
        )
    )


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    readers: dict[str, Any] = {
        "decimal": Decimal,
        "ratio": Fraction,
        "date": dt.date.fromisoformat,
        "partial": PartialDate.of,
    }
    return readers[kind](text)


# ---- the rules ------------------------------------------------------------------------------------------------------


def kept_book(connection: Connection, fingerprint: str) -> str | None:
    """The digest of the rules of a fingerprint as they are kept; None where they are not."""
    query = sa.select(t.books.c.digest).where(t.books.c.fingerprint == fingerprint)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def portable_book(book: PolicyBook, result: Assessment) -> str:
    """The rules of an assessment as canonical JSON, tried: they must be read back to the same fingerprint.

    Raises:
        NotReproducibleError: they are not.
    """
    text = book.to_json(divisions=[result.division] if result.division else [])
    again = _lenient(text).overlay(result.division).rules.fingerprint
    if again != result.fingerprint:
        raise _other_rules(result.fingerprint)
    return text


def keep_book(writing: "Writing", fingerprint: str, text: str | None) -> str:
    """Keep the rules of a fingerprint where they are not kept yet; their digest.

    Args:
        writing: the transaction.
        fingerprint: of the rules.
        text: the rules; None where they were found to be kept already (nobody takes them away).
    """
    digest = kept_book(writing.connection, fingerprint)
    if digest is None:
        assert text is not None
        content = text.encode()
        digest = hashlib.sha256(content).hexdigest()
        row = {"fingerprint": fingerprint, "digest": digest, "content": zlib.compress(content, 9)}
        writing.connection.execute(sa.insert(t.books).values(**row))
    return digest


def _book(connection: Connection, body: Mapping[str, Any]) -> PolicyBook:
    query = sa.select(t.books.c.content).where(t.books.c.fingerprint == body["fingerprint"])
    content = connection.execute(query).scalar_one_or_none()
    if content is None:
        raise _other_rules(body["fingerprint"])
    if text_digest(bytes(content)) != body["book"]:
        raise _other_rules(body["fingerprint"])
    return _lenient(zlib.decompress(bytes(content)).decode())


def kept_titles(connection: Connection, body: Mapping[str, Any]) -> Mapping[str, Text]:
    """What the rules of a kept assessment call categories and policies; nothing where they cannot be read any more."""
    try:
        return _book(connection, body).ready(body["division"], dt.date.fromisoformat(body["on"])).basis.titles
    except NotReproducibleError:
        return {}


def _lenient(text: str) -> PolicyBook:
    """Rules read back. What was wrong with a pack was reported then, and what its code fetched is kept: so not strict."""
    return attrs.evolve(PolicyBook.from_json(text), strict=False)


def _other_rules(fingerprint: str) -> NotReproducibleError:
    return NotReproducibleError(
        Text(
            f"指纹为 {fingerprint[:12]}… 的规则已缺失或被改动，无法再现评估；请运行 store.verify()，并从备份恢复。",
            f"The rules of fingerprint {fingerprint[:12]}… are missing or were changed, so the assessment cannot be had "
            "again; run store.verify() and restore from a backup.",
        )
    )


# ---- again ----------------------------------------------------------------------------------------------------------


def reproduced(connection: Connection, entry: Entry, case: Case) -> Assessment:
    """An assessment computed again from the rules and the facts of then.

    Args:
        connection: to read the rules.
        entry: the assessment as it was kept.
        case: the case as it was known then, on the day of the assessment.

    Raises:
        ErasedError: its content was erased.
        NotReproducibleError: the rules are not those of then, or the result differs.
    """
    if entry.erased:
        raise ErasedError.of(entry.number)
    body = entry.body
    book = _book(connection, body)
    ready = book.ready(body["division"], dt.date.fromisoformat(body["on"]))
    if ready.basis.fingerprint != body["fingerprint"]:
        raise _other_rules(body["fingerprint"])
    # What providers said is kept, so that their code is not here is no problem.
    basis = attrs.evolve(
        ready.basis, problems=tuple(p for p in ready.basis.problems if p.code != "pack.provider_absent")
    )
    problems = tuple(Problem(p["code"], Text(p["zh"], p["en"]), p["where"]) for p in body["not_provided"])
    result = Assessment(case, basis, {path: _read(value) for path, value in body["provided"].items()}, problems)
    _check_same(entry, result)
    return result


def _check_same(entry: Entry, result: Assessment) -> None:
    then, now = entry.body["line"], assessment_line(result, missing=False)
    differing = [
        code
        for part in ("categories", "policies")
        for code in sorted(then[part].keys() | now[part].keys())
        if then[part].get(code) != now[part].get(code)
    ]
    if differing:
        codes = ", ".join(differing)
        raise NotReproducibleError(
            Text(
                f"第 {entry.number} 条评估按当时的规则和情况重算，结果不同：{codes}；请保留两者并报告此缺陷。",
                f"Assessment {entry.number}, computed again from the rules and facts of then, differs: {codes}. "
                "Keep both and report this defect.",
            )
        )
