"""A child without an ID whose name is written otherwise than in an open file is asked about, once; two children are two."""

import sqlite3

import pytest

from casefile.children import BY, day, rules
from casefile.earlier_store import without_table
from kinderguard import Case
from kinderguard.casefile import CaseStore, EntryRefusedError, Filing, Likeness, PerhapsListed, new_key
from kinderguard.casefile.filing import near_names
from kinderguard.casefile.filing.near_names import are_near, are_one_name
from kinderguard.survey import RowKey, combine, read_ledger
from survey.lists import number, source
from told import stray

JULY, AUG, SEPT = day("2025-07-01"), day("2025-08-01"), day("2025-09-01")
ONE, TWO = (number(n, "20140203") for n in (1, 3))
NAMED = {
    "child.name": "王三秘", "child.birth_date": "2014-02-03", "child.sex": "male",
    "child.registration.division": "330199001",
}  # fmt: skip
WITH_ID = NAMED | {"child.resident_id": ONE}
OTHERWISE = NAMED | {"child.name": "王三泌"}
TWIN = NAMED | {"child.name": "王三宝"}


@pytest.fixture(params=["plain", "encrypted"])
def keyed(request, tmp_path, clock):
    key = None if request.param == "plain" else new_key()
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=key, clock=clock) as store:
        yield store


@pytest.fixture
def encrypted(tmp_path, clock):
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=new_key(), clock=clock) as store:
        yield store


def filed(store, *rows, at=JULY, code="civil_affairs", **options):
    """What becomes of the children of one list."""
    return store.import_survey(combine([source(code, *rows, as_of=at)]), by=BY, **options)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("王三秘", "王三泌", True),  # one character
        ("王三秘", "李三秘", True),
        ("王三秘", "王秘", True),  # one left out
        ("王秘三", "王三秘", True),  # in another order
        ("三秘王", "王三秘", True),
        ("王子涵", "王梓晗", True),  # the same sound
        ("章莉", "张丽", True),
        ("张丽", "张莹", True),
        ("張寧遠", "张宁远", True),
        ("阿依古丽·买买提", "阿依古丽.买买题", True),
        ("张丽", "李丽", False),
        ("王三秘", "李四秘", False),
        ("王三秘", "王四宝", False),
        ("王", "李", False),
    ],
)
def test_which_names_are_near(one, other, near):
    assert are_near(one, other) is are_near(other, one) is near


def test_names_are_compared_by_characters_where_sounds_cannot_be_told(monkeypatch):
    monkeypatch.setattr(near_names, "_has_sounds", lambda: False)
    assert (are_near("王三秘", "王三泌"), are_near("王子涵", "王梓晗")) == (True, False)
    assert (are_one_name("王子涵", "王梓晗"), are_one_name("張寧遠", "张宁远")) == (False, True)


@pytest.mark.parametrize(
    "then",
    [
        OTHERWISE,
        NAMED | {"child.name": "王散密"},
        NAMED | {"child.name": "三秘王"},
        OTHERWISE | {"child.registration.division": "330199001002"},
        OTHERWISE | {"child.registration.division": "330199"},
    ],
    ids=["one character", "the same sound", "turned", "within", "above"],
)
def test_a_name_that_is_nearly_that_of_an_open_file_waits_and_is_asked_about(keyed, then):
    filed(keyed, WITH_ID)
    (ref,) = keyed.refs()
    done = filed(keyed, then, at=AUG)
    assert (done[0].filing, done[0].perhaps, keyed.refs()) == (Filing.NOT_FILED, (ref,), (ref,))
    assert "1 that may be the child of a file" in done.summary("en")
    (asked,) = keyed.doubts(ref)
    assert isinstance(asked, PerhapsListed)
    assert (asked.ref, asked.since, asked.lists, asked.near) == (ref, AUG, ("civil_affairs",), True)
    assert asked.other in done[0].why.en
    (item,) = keyed.due(rules(), today=SEPT).of("doubt")
    assert f'store.answer("{ref}", "{asked.other}", ...)' in item.text.en
    for text in (done[0].text, asked.text, item.what):
        assert not stray(text)
        assert "王" not in text.zh
    filed(keyed, then, at=SEPT)
    assert keyed.doubts(ref) == (asked,), "asked once"
    assert keyed.verify().ok


@pytest.mark.parametrize(
    "then",
    [
        OTHERWISE | {"child.birth_date": "2014-05-14"},
        OTHERWISE | {"child.registration.division": "330199002"},
        OTHERWISE | {"child.sex": "female"},
        OTHERWISE | {"child.resident_id": number(7, "20140203", "330106")},
        NAMED | {"child.name": "李四宝"},
    ],
    ids=["another day", "another township", "another sex", "two numbers", "another name"],
)
def test_another_child_is_not_asked_about(encrypted, then):
    filed(encrypted, WITH_ID)
    assert filed(encrypted, then, at=AUG)[0].filing is Filing.WRITTEN
    assert len(encrypted.refs()) == 2


def test_what_was_not_said_is_no_difference(encrypted):
    known = {path: OTHERWISE[path] for path in ("child.name", "child.birth_date")}
    filed(encrypted, known)
    assert len(filed(encrypted, WITH_ID, at=AUG)[0].perhaps) == 1, "an ID, a sex and a division that the file has not"


def test_a_birth_date_that_says_only_the_month_is_compared_to_the_month(encrypted):
    case = Case.from_facts(OTHERWISE | {"ref": "a", "child.birth_date": "2014-02"})
    encrypted.record(case, at=JULY, by=BY)
    other_month = {"child.birth_date": "2014-03-03", "child.name": "王三宓"}
    found = filed(encrypted, NAMED, NAMED | other_month, at=AUG)
    assert [child.perhaps for child in found] == [("a",), ()]


def test_an_answer_is_kept_also_once_the_file_has_the_childs_id(keyed):
    filed(keyed, NAMED)
    (ref,) = keyed.refs()
    renamed = OTHERWISE | {"child.resident_id": ONE}
    filed(keyed, renamed, at=AUG)
    keyed.answer(ref, keyed.doubts(ref)[0].other, same=True, by=BY)
    assert [filed(keyed, renamed | {"household.size": n}, at=at)[0].ref for n, at in ((3, AUG), (4, SEPT))] == [
        ref,
        ref,
    ]
    assert keyed.case(ref, at=SEPT).child.resident_id.reveal() == ONE
    (child,) = filed(keyed, TWIN | {"child.resident_id": ONE}, at=SEPT)
    assert child.perhaps == (ref,), "that was said of another name"


@pytest.mark.parametrize("same", [True, False])
def test_an_answer_is_kept(keyed, same):
    filed(keyed, WITH_ID)
    (ref,) = keyed.refs()
    filed(keyed, OTHERWISE, at=AUG)
    (asked,) = keyed.doubts(ref)
    keyed.answer(ref, asked.other, same=same, by=BY)
    assert keyed.doubts(ref) == ()
    (child,) = filed(keyed, OTHERWISE | {"household.size": 3}, at=AUG)
    assert child.ref == (ref if same else asked.other)
    assert len(keyed.refs()) == (1 if same else 2)
    assert keyed.case(ref, at=SEPT).child.name.reveal() == "王三秘", "the file's name stays"
    assert keyed.case(child.ref, at=SEPT).household.size == 3
    assert filed(keyed, OTHERWISE, at=SEPT)[0].perhaps == ()
    assert keyed.doubts(ref) == ()


def test_the_last_answer_counts_and_one_that_was_taken_back_does_not(encrypted):
    filed(encrypted, WITH_ID)
    (ref,) = encrypted.refs()
    filed(encrypted, OTHERWISE, at=AUG)
    (asked,) = encrypted.doubts(ref)
    encrypted.answer(ref, asked.other, same=False, by=BY)
    again = encrypted.answer(ref, asked.other, same=True, by=BY)
    assert filed(encrypted, OTHERWISE, at=AUG)[0].ref == ref
    encrypted.correct(ref, again.number, None, reason="a slip", by=BY)
    assert filed(encrypted, OTHERWISE, at=SEPT)[0].ref == asked.other


def test_only_what_was_asked_can_be_answered(encrypted):
    filed(encrypted, WITH_ID)
    (ref,) = encrypted.refs()
    with pytest.raises(EntryRefusedError) as refused:
        encrypted.answer(ref, "another", same=True, by=BY)
    assert not stray(refused.value.text)


def test_the_same_name_is_asked_about_and_answered_in_the_same_way(encrypted):
    filed(encrypted, WITH_ID)
    (ref,) = encrypted.refs()
    filed(encrypted, NAMED, at=AUG)
    (asked,) = encrypted.doubts(ref)
    assert asked.near is False
    encrypted.answer(ref, asked.other, same=True, by=BY)
    assert [filed(encrypted, NAMED, at=at)[0].ref for at in (AUG, SEPT)] == [ref, ref]


def test_a_file_of_its_own_settles_the_question(encrypted):
    filed(encrypted, WITH_ID)
    (ref,) = encrypted.refs()
    filed(encrypted, OTHERWISE, at=AUG)
    filed(encrypted, OTHERWISE, at=AUG, two_ids=True)
    assert (len(encrypted.refs()), encrypted.doubts(ref)) == (2, ())


# ---- brothers and sisters ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "twins",
    [(NAMED, TWIN), (WITH_ID, TWIN), (WITH_ID, TWIN | {"child.resident_id": TWO})],
    ids=["no ID", "one ID", "two IDs"],
)
def test_twins_of_one_list_are_two_children_in_every_month(encrypted, twins):
    for at in (JULY, AUG):
        for rows in (twins, twins[::-1]):
            assert filed(encrypted, *rows, at=at).counts["not_filed"] == 0
    assert len(encrypted.refs()) == 2
    assert not any(encrypted.doubts(ref) for ref in encrypted.refs())


def test_twins_whose_numbers_are_filled_in_go_into_their_files(encrypted):
    filed(encrypted, NAMED, TWIN)
    filled = filed(encrypted, WITH_ID, TWIN | {"child.resident_id": TWO}, at=AUG)
    assert sorted(child.ref for child in filled) == sorted(encrypted.refs())


def test_a_twin_who_is_listed_later_beside_the_first_is_not_asked_about(encrypted):
    filed(encrypted, WITH_ID)
    assert filed(encrypted, WITH_ID, TWIN, at=AUG).counts["not_filed"] == 0


PARENTS = {"father.name": "王大海", "mother.name": "周兰"}


@pytest.mark.parametrize(
    ("name", "number", "more", "waits"),
    [
        ("王三泌", {}, PARENTS, 1),
        ("王三泌", {"child.resident_id": ONE}, {"father.name": "王大海"}, 1),
        ("王三泌", {}, {}, 0),
        ("王三米", {}, PARENTS, 0),
        ("王三泌", {"child.resident_id": ONE}, {"father.name": "王大河"}, 0),
    ],
    ids=["the same sound", "an ID and the same father", "no parent named", "other tones", "another father"],
)
def test_one_list_that_may_name_a_child_twice_is_asked_about(encrypted, tmp_path, name, number, more, waits):
    rows = (NAMED | PARENTS, {**NAMED, **more, **number, "child.name": name})
    done = filed(encrypted, *rows)
    assert (done.counts["not_filed"], len(encrypted.refs())) == (waits, 2 - waits)
    if waits:
        (ref,) = encrypted.refs()
        encrypted.answer(ref, encrypted.doubts(ref)[0].other, same=False, by=BY)
        for at in (JULY, AUG):
            assert filed(encrypted, *rows, at=at).counts["not_filed"] == 0
        assert len(encrypted.refs()) == 2


RENAMED = NAMED | PARENTS | {"child.name": "王晓雨", "child.resident_id": ONE}


@pytest.mark.parametrize("same", [True, False])
def test_a_child_of_another_name_who_is_else_the_same_is_asked_about(keyed, same):
    filed(keyed, NAMED | PARENTS)
    (ref,) = keyed.refs()
    assert filed(keyed, RENAMED, at=AUG)[0].perhaps == (ref,)
    (asked,) = keyed.doubts(ref)
    assert (asked.likeness, asked.near) == (Likeness.OTHER_NAME, False)
    assert not stray(asked.text)
    assert "王" not in asked.text.zh
    keyed.answer(ref, asked.other, same=same, by=BY)
    for at in (AUG, SEPT):
        (child,) = filed(keyed, RENAMED, at=at)
        assert (child.perhaps, child.ref) == ((), ref if same else asked.other)
    assert len(keyed.refs()) == (1 if same else 2)
    assert keyed.case(ref, at=SEPT).child.name.reveal() == "王三秘"


@pytest.mark.parametrize(
    "other",
    [
        {"child.sex": "female"},
        {"child.sex": None},
        {"child.birth_date": "2014-02-04", "child.resident_id": number(1, "20140204")},
        {"child.registration.division": "330199002"},
        {"mother.name": "周玲"},
        {"mother.name": None},
    ],
    ids=["another sex", "no sex", "another day", "another township", "another mother", "no mother"],
)
def test_another_name_is_another_child_where_anything_differs(encrypted, other):
    filed(encrypted, NAMED | PARENTS)
    row = {path: value for path, value in (RENAMED | other).items() if value is not None}
    if "child.sex" in other:
        row.pop("child.resident_id")  # it says a sex
    assert filed(encrypted, row, at=AUG)[0].filing is Filing.WRITTEN


@pytest.mark.parametrize("first", [NAMED, WITH_ID | {"child.name": "王三秘"}], ids=["no ID", "two IDs"])
def test_twins_of_quite_other_names_are_not_taken_for_renamed(encrypted, first):
    twins = (first | PARENTS, RENAMED | {"child.resident_id": TWO})
    assert filed(encrypted, twins[0]).counts["not_filed"] == 0
    assert filed(encrypted, *twins, at=AUG).counts["not_filed"] == 0, "both stand in the list"
    assert filed(encrypted, twins[1], at=SEPT).counts["not_filed"] == 0


def test_twins_whom_somebody_told_apart_are_not_asked_about_again(encrypted):
    both = combine([source("civil_affairs", NAMED | PARENTS), source("education", RENAMED)])
    assert encrypted.import_survey(both, by=BY).counts["not_filed"] == 1
    two = both.different(RowKey("civil_affairs", "表", 2), RowKey("education", "表", 2), by=BY)
    assert encrypted.import_survey(two, by=BY).counts["not_filed"] == 0


def test_a_twin_whom_another_list_names_is_asked_about_once(encrypted):
    filed(encrypted, WITH_ID)
    (ref,) = encrypted.refs()
    assert filed(encrypted, TWIN, at=AUG, code="education")[0].perhaps == (ref,)
    encrypted.answer(ref, encrypted.doubts(ref)[0].other, same=False, by=BY)
    for at in (AUG, SEPT):
        assert filed(encrypted, TWIN, at=at, code="education").counts["not_filed"] == 0


@pytest.mark.parametrize("birth_date", ["2014-02-03", "2014-02-04"], ids=["near name", "near in both"])
def test_two_who_were_decided_to_be_two_are_not_asked_about(encrypted, birth_date):
    both = combine(
        [source("civil_affairs", WITH_ID), source("education", OTHERWISE | {"child.birth_date": birth_date})]
    )
    assert encrypted.import_survey(both, by=BY).counts["not_filed"] == 1
    two = both.different(RowKey("civil_affairs", "表", 2), RowKey("education", "表", 2), by=BY)
    assert encrypted.import_survey(two, by=BY).counts["not_filed"] == 0


# ---- ledgers, older stores ---------------------------------------------------------------------------------------------


def ledger(tmp_path, *rows):
    head = "儿童姓名,身份证号,性别,出生日期,户籍地行政区划代码"
    said = (f"{name},{each},男,2014-02-03,330199001" for name, each in rows)
    (tmp_path / "台账.csv").write_text("\n".join([head, *said]), "utf-8")
    return read_ledger(tmp_path / "台账.csv")


def test_a_ledgers_row_is_asked_about_and_answered(keyed, tmp_path):
    keyed.import_ledger(ledger(tmp_path, ("王三秘", ONE)), at=JULY, by=BY)
    (ref,) = keyed.refs()
    otherwise = ledger(tmp_path, ("王三泌", ""))
    assert [place.ref for place in keyed.import_ledger(otherwise, at=AUG, by=BY).perhaps] == [ref]
    keyed.answer(ref, keyed.doubts(ref)[0].other, same=True, by=BY)
    done = keyed.import_ledger(otherwise, at=AUG, by=BY)
    assert (done.perhaps, keyed.refs(), keyed.case(ref).child.name.reveal()) == ((), (ref,), "王三秘")


def test_twins_of_one_ledger_are_two_children(keyed, tmp_path):
    twins = ledger(tmp_path, ("王三秘", ONE), ("王三宝", ""))
    for at in (JULY, AUG):
        assert keyed.import_ledger(twins, at=at, by=BY).not_filed == ()


def test_the_birth_dates_of_a_store_of_an_earlier_version_are_found(tmp_path):
    url, key = f"sqlite:///{tmp_path}/cases.db", new_key()
    with CaseStore(url, key=key) as store:
        filed(store, WITH_ID)
    without_table(tmp_path / "cases.db", "kg_births")
    with CaseStore(url, key=key) as store:
        assert store.verify().ok
        assert len(filed(store, OTHERWISE, at=AUG)[0].perhaps) == 1
        (ref,) = store.refs()
        store.erase(ref, reason="kept long enough", by="330199.user1")
        assert store.verify().ok


def test_birth_dates_that_were_taken_out_of_their_table_are_told_and_put_back(tmp_path):
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", key=None) as store:
        filed(store, WITH_ID)
        with sqlite3.connect(tmp_path / "cases.db") as connection:
            connection.execute("DELETE FROM kg_births")
        connection.close()
        assert [problem.code for problem in store.verify().problems] == ["chain.persons"]
        store.rebuild()
        assert store.verify().ok
        assert len(filed(store, OTHERWISE, at=AUG)[0].perhaps) == 1


def test_nobody_is_told_to_have_left_the_lists_whose_name_is_written_otherwise(encrypted):
    filed(encrypted, WITH_ID)
    assert encrypted.no_longer_listed(combine([source("civil_affairs", OTHERWISE, as_of=AUG)])) == ()


# ---- birth dates -------------------------------------------------------------------------------------------------------

KIN = {"father.name": "王大山", "mother.name": "李小英"}
HOUSE = {"child.residence.address": "东村12号"}


def born(first, then, *, more=None, later=None):
    """Two rows of one name: what the first says, and the second."""
    one = NAMED | {"child.birth_date": first} | (more or {})
    return one, NAMED | {"child.birth_date": then} | (more if later is None else later or {})


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("2014-12-12", "2014-12-21"),  # two digits beside each other changed about
        ("2014-10-05", "2014-01-05"),
        ("2014-12-12", "2014-11-12"),
        ("2014-12-12", "2014-12-13"),
        ("2014-03-11", "2014-11-03"),  # day and month turned
        ("2009-05-06", "2010-05-06"),  # the year, the month or the day off by one
        ("2014-09-05", "2014-10-05"),
        ("2014-09-30", "2014-10-01"),
        ("2014-12-31", "2015-01-01"),
    ],
)
@pytest.mark.parametrize("numbered", [False, True])
def test_a_birth_date_that_is_one_slip_away_is_asked_about(encrypted, first, then, numbered):
    one, other = born(first, then, more={})
    filed(encrypted, one | ({"child.resident_id": number(1, first.replace("-", ""))} if numbered else {}))
    (child,) = filed(encrypted, other, at=AUG)
    assert (len(child.perhaps), len(encrypted.refs())) == (1, 1)
    (ref,) = encrypted.refs()
    (asked,) = encrypted.doubts(ref)
    assert asked.likeness is Likeness.NEAR_BIRTH
    assert not stray(asked.text)


@pytest.mark.parametrize("common", [KIN, {"mother.name": "李小英"}, HOUSE])
@pytest.mark.parametrize(
    "then",
    ["2015-01-12", "2014-10-21", "2013-12-21", "2014-02-12"],
    ids=["near", "two calendars", "two slips", "one slip with no day between"],
)
def test_two_slips_are_asked_about_where_a_parent_or_the_house_is_the_same(encrypted, common, then):
    filed(encrypted, born("2014-12-12", then, more=common)[0])
    assert len(filed(encrypted, born("2014-12-12", then, more=common)[1], at=AUG)[0].perhaps) == 1


@pytest.mark.parametrize(
    ("then", "later"),
    [
        ("2014-10-21", {}),
        ("2014-10-21", {"mother.name": "赵小英"}),
        ("2014-10-21", KIN | {"child.name": "王四宝"}),  # brothers and sisters
        ("2014-10-21", KIN | {"child.name": "王三泌"}),
        ("2014-12-21", {"child.name": "王三泌", "child.registration.division": "330199"}),
        ("2014-12-21", KIN | {"child.name": "王三泌", "child.sex": "female"}),
        ("2014-12-21", KIN | {"child.name": "王三泌", "child.registration.division": "330199002"}),
        ("2014-12-21", KIN | {"child.name": "王三泌", "child.resident_id": number(7, "20141221")}),
        ("2008-05-03", KIN),
        ("2014-12-21", {"child.registration.division": "330199002"}),
        ("2014-12-21", KIN | {"child.resident_id": number(7, "20141221")}),
    ],
    ids=[
        "nothing in common",
        "another mother",
        "brother",
        "brother of a near name",
        "both near and no township",
        "both near and another sex",
        "both near in another township",
        "both near and two IDs",
        "far",
        "another township",
        "two IDs",
    ],
)
def test_what_is_further_away_is_another_child(encrypted, then, later):
    one, other = born("2014-12-12", then, more=KIN | {"child.resident_id": number(1, "20141212")}, later=later)
    filed(encrypted, one)
    assert filed(encrypted, other, at=AUG)[0].filing is Filing.WRITTEN


VILLAGE = {"child.registration.division": "330199001203"}


@pytest.mark.parametrize("common", [{}, KIN, VILLAGE], ids=["township", "parents", "village"])
@pytest.mark.parametrize("numbered", [False, True])
def test_a_near_name_with_a_near_birth_date_in_one_township_is_asked_about(encrypted, common, numbered):
    one, other = born("2014-12-12", "2014-12-21", more=common)
    filed(encrypted, one | ({"child.resident_id": number(1, "20141212")} if numbered else {}))
    (child,) = filed(encrypted, other | {"child.name": "王三泌"}, at=AUG)
    (ref,) = encrypted.refs()
    (asked,) = encrypted.doubts(ref)
    assert (child.perhaps, asked.likeness, asked.near) == ((ref,), Likeness.NEAR_BOTH, True)
    assert not stray(asked.text)
    encrypted.answer(ref, asked.other, same=True, by=BY)
    assert filed(encrypted, other | {"child.name": "王三泌"}, at=AUG)[0].ref == ref
    kept = encrypted.case(ref).child
    assert (kept.name.reveal(), str(kept.birth_date)) == ("王三秘", "2014-12-12")


def test_both_near_in_two_villages_are_asked_about_with_a_parent_in_common_alone(encrypted):
    one, other = born("2014-12-12", "2014-12-21", more=VILLAGE)
    otherwise = other | {"child.name": "王三泌", "child.registration.division": "330199001207"}
    filed(encrypted, one | KIN)
    assert len(filed(encrypted, otherwise | KIN, at=AUG)[0].perhaps) == 1
    assert filed(encrypted, otherwise, at=AUG)[0].filing is Filing.WRITTEN


def test_a_house_without_a_number_is_no_house(encrypted):
    one, other = born("2014-12-12", "2014-10-21", more={"child.residence.address": "东村"})
    filed(encrypted, one)
    assert filed(encrypted, other, at=AUG)[0].filing is Filing.WRITTEN


def test_the_names_of_a_store_of_an_earlier_version_are_found(tmp_path):
    url, key = f"sqlite:///{tmp_path}/cases.db", new_key()
    one, other = born("2014-12-12", "2014-12-21", more={})
    with CaseStore(url, key=key) as store:
        filed(store, one)
    without_table(tmp_path / "cases.db", "kg_names")
    with CaseStore(url, key=key) as store:
        assert store.verify().ok
        assert len(filed(store, other, at=AUG)[0].perhaps) == 1
