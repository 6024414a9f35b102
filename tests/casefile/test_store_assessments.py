"""Assessments are kept with everything needed to have them again: to the fen, after rules and facts have changed."""

import datetime as dt
import sqlite3
from decimal import Decimal

import pytest

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.casefile import CaseStore, ErasedError, NotReproducibleError, UnknownEntryError, new_key
from kinderguard.rules import child, household

DAY = dt.date(2025, 9, 1)
BY = "330106.user3"
TITLE = Text("某", "some")
WARM = r.DeclaredFact.yes_no("4501.warm", zh="暖", en="warm")


def book(amount="500.05", **more):
    gift = r.Policy("4501.gift", TITLE, eligible=child.age < 18, amount=r.yuan(amount), every=r.MONTH)
    pack = Pack(code="4501", title=TITLE, version="1.0", kinderguard=">=0.1", policies=[gift], **more)
    return kinderguard.load(packs=[pack])


def born(year="2015"):
    return Case.from_facts({"ref": "a", "division_code": "450102", "child.birth_date": f"{year}-01-01"})


def kept(store):
    return store.entries("a", kinds=["assessment"])[-1]


def test_a_result_is_had_again_to_the_fen_after_the_rules_changed(store):
    store.record(born(), at=DAY, by=BY)
    first = store.assess("a", book(), on=DAY, by=BY)
    number = kept(store).number
    store.assess("a", book("999.99"), on=DAY, by=BY)
    again = store.reproduce(number)
    assert again.policies["4501.gift"].amount == Decimal("500.05")
    assert again.fingerprint == first.fingerprint
    assert (again.categories, again.policies) == (first.categories, first.policies)
    assert again.explain().to_dict() == first.explain().to_dict()
    assert store.reproduce(kept(store).number).policies["4501.gift"].amount == Decimal("999.99")


def test_a_result_is_had_again_after_the_facts_changed(store):
    entry = store.record(born(), at=DAY, by=BY)
    store.assess("a", book(), on=DAY, by=BY)
    number = kept(store).number
    store.correct("a", entry.number, {"child.birth_date": "1990-01-01"}, reason="r", by=BY)
    assert store.assess("a", book(), on=DAY, by=BY).policies["4501.gift"].eligible is False
    assert store.reproduce(number).policies["4501.gift"].amount == Decimal("500.05")


def test_an_assessment_is_kept_with_its_line_and_its_rules_once(store):
    store.record(born(), at=DAY, by=BY)
    result = store.assess("a", book(), on=DAY, by=BY)
    store.assess("a", book(), on=DAY, by=BY)
    entry = kept(store)
    assert entry.valid_from == DAY
    assert entry.body["fingerprint"] == result.fingerprint
    assert entry.body["line"]["policies"]["4501.gift"]["amount"] == "500.05"
    assert entry.body["division"] == "450102"
    with store._database.reading() as connection:
        from kinderguard.casefile.chain import tables

        assert len(connection.execute(tables.books.select()).all()) == 1


def test_assessments_verify_with_and_without_encryption(tmp_path):
    for key in (None, new_key()):
        with CaseStore(f"sqlite:///{tmp_path}/{bool(key)}.db", key=key) as store:
            store.record(born(), at=DAY, by=BY)
            store.assess("a", book(), on=DAY, by=BY)
            assert store.verify()


def test_the_file_is_taken_as_of_the_day(store):
    store.record(born(), at=DAY, by=BY)
    assert store.assess("a", book(), on=DAY - dt.timedelta(days=1), by=BY).policies.get("4501.gift") is None
    assert store.assess("a", book(), on=DAY, by=BY).policies["4501.gift"].eligible is True


def test_a_child_without_a_division_is_assessed_by_the_nations_rules_and_had_again(store):
    store.record(Case.from_facts({"ref": "a", "child.birth_date": "2015"}), at=DAY, by=BY)
    store.assess("a", kinderguard.load(), on=DAY, by=BY)
    assert store.reproduce(kept(store).number).division is None


def test_changed_parameters_travel_with_the_rules(store):
    store.record(born(), at=DAY, by=BY)
    changed = book().with_parameters({"cn.dibao.monthly_standard": {"450102": "700"}})
    store.assess("a", changed, on=DAY, by=BY)
    again = store.reproduce(kept(store).number)
    assert again.basis.parameters["cn.dibao.monthly_standard"] is not None


def test_what_a_provider_fetched_then_is_kept(store):
    """The other registry says something else today, or is gone; the assessment of then does not ask it."""
    says = {"value": True}
    provider = r.FactProvider(WARM, [child.birth_date], one=lambda facts: says["value"])
    extra = r.Policy("4501.heat", TITLE, eligible=household.has("4501.warm"), amount=r.yuan("7"))
    gift = r.Policy("4501.gift", TITLE, eligible=child.age < 18, amount=r.yuan("5"))
    pack = Pack(
        code="4501", title=TITLE, version="1.0", kinderguard=">=0.1", facts=[WARM], providers=[provider],
        policies=[gift, extra],
    )  # fmt: skip
    store.record(born(), at=DAY, by=BY)
    store.assess("a", kinderguard.load(packs=[pack], strict=True), on=DAY, by=BY)
    says["value"] = False
    again = store.reproduce(kept(store).number)
    assert again.policies["4501.heat"].amount == 7
    assert again.complete


def test_a_provider_that_failed_then_is_said_again(store):
    provider = r.FactProvider(WARM, [child.birth_date], one=lambda facts: 1 / 0)
    store.record(born(), at=DAY, by=BY)
    policy = r.Policy("4501.heat", TITLE, eligible=household.has("4501.warm"), amount=r.yuan("7"))
    pack = Pack(
        code="4501", title=TITLE, version="1.0", kinderguard=">=0.1", facts=[WARM], providers=[provider],
        policies=[policy],
    )  # fmt: skip
    store.assess("a", kinderguard.load(packs=[pack]), on=DAY, by=BY)
    again = store.reproduce(kept(store).number)
    assert again.policies["4501.heat"].eligible is None
    assert [p.code for p in again.problems if p.code.startswith("provider.")] == ["provider.failed"]


def test_an_answer_that_fits_no_fact_is_kept_as_a_failure(store):
    provider = r.FactProvider(WARM, [child.birth_date], one=lambda facts: object())
    policy = r.Policy("4501.heat", TITLE, eligible=household.has("4501.warm"), amount=r.yuan("7"))
    pack = Pack(
        code="4501", title=TITLE, version="1.0", kinderguard=">=0.1", facts=[WARM], providers=[provider],
        policies=[policy],
    )  # fmt: skip
    store.record(born(), at=DAY, by=BY)
    first = store.assess("a", kinderguard.load(packs=[pack]), on=DAY, by=BY)
    again = store.reproduce(kept(store).number)
    for result in (first, again):
        assert result.policies["4501.heat"].eligible is None
        assert "provider.failed" in [problem.code for problem in result.problems]


def test_with_a_key_the_assessment_of_then_is_given(store):
    store.record(born(), at=DAY, by=BY)
    store.assess("a", book(), on=DAY, by=BY, key="2025-09")
    again = store.assess("a", book("999.99"), on=DAY, by=BY, key="2025-09")
    assert again.policies["4501.gift"].amount == Decimal("500.05")
    assert len(store.entries("a", kinds=["assessment"])) == 1


def test_an_erased_assessment_cannot_be_had_again(store):
    store.record(born(), at=DAY, by=BY)
    store.assess("a", book(), on=DAY, by=BY)
    number = kept(store).number
    store.erase("a", reason="r", by="450102.user1")
    with pytest.raises(ErasedError, match=str(number)):
        store.reproduce(number)


def test_only_an_assessment_can_be_had_again(store):
    entry = store.record(born(), at=DAY, by=BY)
    for number in (entry.number, 99):
        with pytest.raises(UnknownEntryError):
            store.reproduce(number)


@pytest.mark.parametrize("change", ["DELETE FROM kg_books", "UPDATE kg_books SET content = zeroblob(9)", "swap"])
def test_rules_that_were_changed_are_not_believed(tmp_path, change):
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}") as store:
        store.record(born(), at=DAY, by=BY)
        store.assess("a", book(), on=DAY, by=BY)
        number, fingerprint = kept(store).number, kept(store).body["fingerprint"]
        store.assess("a", book("1.00"), on=DAY, by=BY)
        connection = sqlite3.connect(path)
        with connection:
            if change == "swap":
                other = connection.execute("SELECT content FROM kg_books WHERE fingerprint <> ?", (fingerprint,))
                (content,) = other.fetchone()
                connection.execute("UPDATE kg_books SET content = ? WHERE fingerprint = ?", (content, fingerprint))
            else:
                connection.execute(change)
        connection.close()
        with pytest.raises(NotReproducibleError, match="rules of fingerprint"):
            store.reproduce(number)
        problems = store.verify().problems
        assert ("chain.book", f"#{number}") in [(p.code, p.where) for p in problems]
        assert {p.code for p in problems} == {"chain.book"}


@pytest.mark.parametrize("change", ["digest = 'x' || substr(digest, 2)", "content = x'00'"])
def test_rules_that_differ_from_their_digest_are_found_also_where_what_rested_on_them_was_erased(tmp_path, change):
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}") as store:
        store.record(born(), at=DAY, by=BY)
        store.assess("a", book(), on=DAY, by=BY)
        number = kept(store).number
        assert store.verify().ok
        connection = sqlite3.connect(path)
        with connection:
            connection.execute(f"UPDATE kg_books SET {change}")
        connection.close()
        assert [(p.code, p.where) for p in store.verify().problems] == [("chain.book", f"#{number}")]
        store.erase("a", reason="r", by="450102.user1")
        ((code, where),) = [(p.code, p.where) for p in store.verify().problems]
        assert (code, where.startswith("kg_books ")) == ("chain.book", True)


def test_a_result_that_differs_is_never_given_as_the_same(tmp_path, monkeypatch):
    """If the library itself computed something else one day, it must say so."""
    with CaseStore(f"sqlite:///{tmp_path}/cases.db") as store:
        store.record(born(), at=DAY, by=BY)
        store.assess("a", book(), on=DAY, by=BY)
        from kinderguard.casefile.following import assessing

        was = assessing.assessment_line

        def other(result, **options):
            line = was(result, **options)
            line["policies"]["4501.gift"]["amount"] = "500.06"
            return line

        monkeypatch.setattr(assessing, "assessment_line", other)
        with pytest.raises(NotReproducibleError, match=r"differs: 4501\.gift"):
            store.reproduce(kept(store).number)
