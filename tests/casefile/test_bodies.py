"""What an entry must say to be read later, and what no text that is kept may say."""

import pytest

from casefile.children import BY, child, day, rules
from kinderguard.casefile import EntryKind, EntryRefusedError, NewEntry, Override, Recipient, UnreadableEntryError
from kinderguard.casefile.chain import writing as writing_module
from kinderguard.casefile.following.due import due
from kinderguard.model.errors import NotADayError
from told import stray

ON = day("2025-09-01")
SERVICE = {"ref": "a", "need": "cn.need.company", "service": "company", "organisation": "o1", "since": "2025-09-01"}
PLAN = {"ref": "a", "made_on": "2025-09-01"}
PROMISED = {"number": 1, "need": "cn.need.company", "service": "company", "organisation": "o1", "state": "promised"}
CONSENT = {"giver": "guardian", "scope": "share"}


@pytest.fixture
def filed(file_store):
    named = child(child__name="欧阳宁远", guardians=[{"name": "Mary Poppins"}])
    file_store.record(named, at=day("2025-01-15"), by=BY)
    return file_store


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("consent", {}), ("consent", {"giver": "guardian"}), ("consent", CONSENT | {"giver": "neighbour"}),
        ("consent", CONSENT | {"until": "2025-01-01"}), ("consent", CONSENT | {"spoken": True}),
        ("service", {}), ("service", SERVICE | {"ref": "b"}), ("service", SERVICE | {"service": "magic"}),
        ("service", SERVICE | {"since": "soon"}), ("service", SERVICE | {"until": "2025-08-01"}),
        ("service", SERVICE | {"division": "99"}), ("service", SERVICE | {"minutes": 5}),
        ("plan", {}), ("plan", PLAN | {"ref": "b"}), ("plan", PLAN | {"made_on": 3}), ("plan", PLAN | {"services": ["x"]}),
        ("plan", PLAN | {"services": [PROMISED | {"organisation": None}]}), ("plan", PLAN | {"service": []}),
        ("plan", PLAN | {"state": "agreed"}), ("plan", PLAN | {"goals": [{"number": 1}]}),
        ("transfer", {}), ("transfer", {"move": "accept"}), ("transfer", {"move": "propose", "from": "330106", "to": "33"}),
        ("closing", {"reason": "tired"}), ("closing", {"happened_on": "x"}), ("closing", {"last_paid": "x"}),
        ("visit", ["seen"]), ("visit", None),
    ],
)  # fmt: skip
def test_a_body_that_could_not_be_read_later_is_refused_and_not_repeated(filed, kind, body):
    head = filed.head()
    with pytest.raises(EntryRefusedError) as told:
        filed.append("a", kind, body, valid_from=ON, by=BY)
    assert not stray(told.value.text), told.value.text
    assert not [value for value in ("neighbour", "magic", "soon", "tired") if value in told.value.text.en]
    assert filed.head() == head


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("consent", CONSENT),
        ("service", SERVICE | {"until": None, "offer": "x"}),
        ("plan", PLAN),
        ("plan", PLAN | {"services": [PROMISED]}),
        ("visit", {"n": 1}),
    ],
)
def test_a_body_that_says_what_it_must_is_written(filed, kind, body):
    assert filed.append("a", kind, body, valid_from=ON, by=BY).body == body


def test_what_is_wrong_with_a_plan_is_told_with_file_field_and_mend(filed):
    wrong = PLAN | {"services": [PROMISED, PROMISED | {"number": 2, "service": "magic", "sinse": "2025-09-01"}]}
    with pytest.raises(EntryRefusedError) as told:
        filed.append("a", "plan", wrong, valid_from=ON, by=BY)
    for text in (told.value.text.zh, told.value.text.en):
        assert "services.1.service" in text
        assert "company" in text, "what there is"
        assert "'since'" in text, "the nearest name"
    assert "for file a " in told.value.text.en
    assert not stray(told.value.text)


def test_what_cannot_be_read_is_named_and_the_other_files_are_listed(filed, monkeypatch):
    with monkeypatch.context() as earlier:  # a version that wrote any body
        earlier.setattr(writing_module, "check_body", lambda new: None)
        bad = filed.append("a", "consent", {"giver": "x"}, valid_from=ON, by=BY)
    filed.record(child(ref="b"), at=day("2025-01-15"), by=BY)
    book = rules(**{"cn.visit.interval_months": {"330106": 3}})
    for division in (None, "330106"):
        found = due(filed, book, today=ON, division=division)
        assert {item.ref for item in found} == {"b"}
        (problem,) = found.problems
        assert (problem.code, problem.where) == ("file.unreadable", "a")
        assert f"{bad.number}" in problem.message.zh
        assert "store.correct" in problem.message.en
    with pytest.raises(UnreadableEntryError) as told:
        filed.share("a", recipient=Recipient("education", "x"), purpose="schooling", basis="consent", by=BY)
    assert (told.value.number, told.value.ref) == (bad.number, "a")
    filed.correct("a", bad.number, None, reason="no consent", by=BY)
    assert {item.ref for item in due(filed, book, today=ON)} == {"a", "b"}


def test_a_damaged_entry_hides_no_other_file(filed):
    filed.record(child(ref="b"), at=day("2025-01-15"), by=BY)
    with filed._database.writing() as connection:
        connection.exec_driver_sql("UPDATE kg_bodies SET content = CAST(content AS TEXT) WHERE number = 1")
    assert [p.where for p in filed.verify().problems] == ["#1"]
    for division in (None, "330106"):
        found = due(filed, rules(**{"cn.visit.interval_months": {"330106": 3}}), today=ON, division=division)
        assert {item.ref for item in found} == {"b"}
        assert [p.where for p in found.problems] == ["a"]


def test_a_damaged_file_can_still_be_erased(filed):
    filed.append("a", "closing", {}, valid_from=ON, by=BY)
    with filed._database.writing() as connection:
        connection.exec_driver_sql("UPDATE kg_bodies SET content = X'00'")
    filed.erase("a", reason="granted", by=BY)
    assert filed.verify().ok


# ---- texts -----------------------------------------------------------------------------------------------------------

ID = "110105194912310021"  # its check digit is wrong: the number is nobody's
PERSONAL = [f"见{ID}", ID[:17], "11010519491231002x，", "110105 1949 1231 0021", "电话19900001111", "199-0000-1111",
            "+86 199 0000 1111", "１９９００００１１１１", "欧阳宁远已迁走", "欧 阳宁远", "told by Mary Poppins"]  # fmt: skip


@pytest.mark.parametrize("text", PERSONAL)
def test_no_text_that_is_kept_names_anybody(filed, text):
    filed.propose_transfer("a", "330199", by=BY, on=ON)
    head = filed.head()
    recipient = Recipient("education", "某学校")
    share = {"purpose": "schooling", "basis": "consent", "by": BY}
    for name, write in (
        ("reason", lambda: filed.correct("a", 1, {"household.size": 4}, reason=text, by=BY)),
        ("reason", lambda: filed.refuse_transfer("a", acting="330199", reason=text, by=BY)),
        ("reason", lambda: filed.erase("a", reason=text, by=BY)),
        ("override", lambda: filed.share("a", recipient=recipient, override=Override(text), **share)),
        ("organisation", lambda: filed.share("a", recipient=Recipient("education", text), **share)),
        ("note", lambda: filed.append("a", "closing", {"reason": "other", "note": text}, valid_from=ON, by=BY)),
    ):
        with pytest.raises(EntryRefusedError) as told:
            write()
        assert f"({name})" in told.value.text.en
        assert not stray(told.value.text), told.value.text
        assert not [
            part for part in ("欧阳", "Poppins", "1101", "1990") if part in str(told.value) + told.value.text.zh
        ]
    assert filed.head() == head


@pytest.mark.parametrize(
    "text", ["儿童随母亲迁走", "自2025-09-01起，2025-12-31止", "多发5,700.00元，3个月", "案号 (2025) 浙0106民初1234号"]
)
def test_a_text_with_dates_amounts_and_case_numbers_is_kept(filed, text):
    assert filed.correct("a", 1, {"household.size": 4}, reason=text, by=BY).body["reason"] == text


@pytest.mark.parametrize("ref", [ID, f"{ID}-2", f"f{ID}7", ID[:17], "330106-19900001111", "8619900001111"])
def test_no_number_of_a_person_is_a_files_number_or_a_users_code(ref):
    for given in ({"ref": ref, "by": BY}, {"ref": "a", "by": ref}):
        with pytest.raises(EntryRefusedError) as told:
            NewEntry(given["ref"], EntryKind.VISIT, {}, ON, by=given["by"])
        assert ref not in str(told.value) + told.value.text.zh


@pytest.mark.parametrize("ref", ["330199-2025-000017", "330106001002-20250007", "19900001111abcdef19900001111abcd"])
def test_a_files_number_with_digits_and_a_pseudonym_are_taken(ref):
    assert NewEntry(ref, EntryKind.VISIT, {}, ON, by=BY).ref == ref


# ---- days ------------------------------------------------------------------------------------------------------------


def test_a_visit_is_of_today_at_the_latest(filed):
    assert filed.append("a", "visit", {}, valid_from=ON, by=BY).doubts == ()
    with pytest.raises(EntryRefusedError) as told:
        filed.append("a", "visit", {}, valid_from=day("2025-09-02"), by=BY)
    assert not stray(told.value.text)


def test_facts_of_a_day_to_come_are_written_and_the_day_is_doubted(filed):
    entry = filed.record(child(household__size=4), at=day("2052-09-01"), by=BY)
    assert "2052-09-01" in entry.doubts[0].en
    assert filed.entry(entry.number).doubts == ()
    assert (
        filed.append("a", "service", SERVICE | {"since": "2025-10-01"}, valid_from=day("2025-10-01"), by=BY).doubts
        == ()
    )


def test_a_day_given_as_text_is_told_with_the_argument_and_the_mend(filed):
    book, text = rules(), "2025-09-01"
    case = filed.case("a")
    for name, ask in {
        "on": lambda: book.assess(case, on=text), "day": lambda: book.on(text), "at": lambda: filed.case("a", at=text),
        "until": lambda: filed.forecast("a", book, until=text), "start": lambda: filed.forecast("a", book, start=text, until=ON),
        "today": lambda: filed.due(book, today=text), "happened_on": lambda: filed.close_file(
            "a", reason="death", last_paid=None, by=BY, happened_on=text
        ),
    }.items():  # fmt: skip
        with pytest.raises(NotADayError) as told:
            ask()
        assert told.value.text.en.startswith(f"{name} is a day")
        assert "fromisoformat" in told.value.text.zh
        assert not stray(told.value.text), told.value.text
    asked = (
        lambda: filed.assess("a", book, on=text, by=BY),
        lambda: list(filed.cases(["a"], at=text)),
        lambda: filed.refs(at=text),
        lambda: filed.diff("a", (text, None)),
        lambda: filed.record(child(), at=text, by=BY),
        lambda: filed.changes("a", book, on=text),
        lambda: filed.propose_transfer("a", "330199", by=BY, on=text),
        lambda: filed.reopen_file("a", reason="x", by=BY, on=text),
        lambda: filed.share(
            "a", recipient=Recipient("education", "x"), purpose="schooling", basis="consent", by=BY, on=text
        ),
    )
    for ask in asked:
        with pytest.raises(NotADayError):
            ask()
