"""Whose row it is where an ID, a name or a birth date says two things, and where the file is closed: nobody is lost, nothing is
written over or paid anew unasked, and what was answered is not asked again.
"""

import pytest

from casefile.children import BY, day, rules
from kinderguard import Case
from kinderguard.casefile import CaseStore, Filing
from kinderguard.survey import combine, read_ledger
from survey.lists import number, source
from told import stray

JULY, AUG, SEPT = day("2025-07-01"), day("2025-08-01"), day("2025-09-01")
ONE, TWO = (number(n, "20150310") for n in (11, 13))
BOY = {
    "child.name": "林浩然", "child.birth_date": "2015-03-10", "child.sex": "male",
    "child.registration.division": "330199001", "household.size": 2,
}  # fmt: skip
FIRST = BOY | {"child.resident_id": ONE}
TWIN = BOY | {"child.name": "林浩宇", "household.size": 4}
#: The twin in the row of a list that has the first one's number.
WRONG = TWIN | {"child.resident_id": ONE}


@pytest.fixture
def store(clock):
    with CaseStore("sqlite://", clock=clock) as opened:
        yield opened


def filed(store, *rows, at=JULY, code="civil_affairs", **options):
    """What becomes of the children of one list."""
    return store.import_survey(combine([source(code, *rows, as_of=at)]), by=BY, **options)


def held(store, then, first=FIRST, **options):
    """The file of a first row, and what is asked in it of another, which waits."""
    filed(store, first)
    (ref,) = store.refs(open=None)
    (child,) = filed(store, then, at=AUG, **options)
    assert (child.filing, child.ref, child.perhaps) == (Filing.NOT_FILED, None, (ref,))
    assert store.refs(open=None) == (ref,)
    (asked,) = store.doubts(ref)
    assert asked.other in child.why.en
    assert not stray(asked.text)
    assert not any(name in asked.text.zh + child.text.zh for name in ("浩", ONE))
    return ref, asked


def name(store, ref):
    return store.case(ref, at=SEPT).child.name.reveal()


def closed(store, row=FIRST):
    filed(store, row)
    (ref,) = store.refs()
    store.close_file(ref, reason="death", happened_on=JULY, last_paid="2025-07", on=day("2025-07-20"), by=BY)
    return ref


# ---- one number, two names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["林浩宇", "赵子明"], ids=["a twin", "another name"])
@pytest.mark.parametrize("two_ids", [False, True])
def test_a_row_with_a_files_id_and_another_name_waits_and_changes_nothing(store, other, two_ids):
    ref, asked = held(store, WRONG | {"child.name": other}, two_ids=two_ids)
    assert asked.likeness.value == "id"
    assert (name(store, ref), store.case(ref, at=SEPT).household.size) == ("林浩然", 2)


@pytest.mark.parametrize("same", ["林 浩然", "林浩然"])
def test_the_same_name_typed_otherwise_is_no_other(store, same):
    filed(store, FIRST)
    assert filed(store, FIRST | {"child.name": same, "household.size": 4}, at=AUG)[0].filing is Filing.WRITTEN


def test_a_traditional_name_is_the_simplified_one(store):
    filed(store, FIRST | {"child.name": "张宁"})
    assert filed(store, FIRST | {"child.name": "張寧"}, at=AUG).counts["not_filed"] == 0


def test_a_file_without_a_name_is_given_one(store):
    store.record(Case.from_facts({"ref": "a", "child.resident_id": ONE}), at=JULY, by=BY)
    assert filed(store, FIRST, at=AUG)[0].ref == "a"
    assert name(store, "a") == "林浩然"


def test_another_child_begins_a_file_without_the_others_number_and_has_it_once_the_list_is_mended(store):
    ref, asked = held(store, WRONG)
    store.answer(ref, asked.other, same=False, by=BY)
    for at in (AUG, SEPT):
        (child,) = filed(store, WRONG, at=at)
        assert (child.ref, child.without_id, child.perhaps) == (asked.other, True, ())
    assert (name(store, child.ref), store.case(child.ref, at=SEPT).child.resident_id) == ("林浩宇", None)
    assert (store.doubts(ref), store.doubts(child.ref)) == ((), ())
    mended = filed(store, FIRST, TWIN | {"child.resident_id": TWO}, at=SEPT)
    assert sorted(each.ref for each in mended) == sorted((ref, asked.other)) == sorted(store.refs())
    assert store.find(TWO, by=BY, reason="a call") == (asked.other,)
    assert store.verify().ok


def test_the_same_child_goes_into_its_file_whose_name_stays(store):
    ref, asked = held(store, WRONG)
    store.answer(ref, asked.other, same=True, by=BY)
    for at in (AUG, SEPT):
        assert filed(store, WRONG, at=at)[0].ref == ref
    assert (name(store, ref), store.case(ref, at=SEPT).household.size, store.doubts(ref)) == ("林浩然", 4, ())


def test_a_twin_who_has_a_file_is_asked_about_in_that_and_not_filed_twice(store):
    filed(store, FIRST, TWIN | {"child.resident_id": TWO})
    ref, twin = (store.find(each, by=BY, reason="a call")[0] for each in (ONE, TWO))
    filed(store, WRONG, at=AUG)
    store.answer(ref, store.doubts(ref)[0].other, same=False, by=BY)
    assert filed(store, WRONG, at=AUG)[0].perhaps == (twin,)
    store.answer(twin, store.doubts(twin)[0].other, same=True, by=BY)
    assert filed(store, WRONG | {"household.size": 5}, at=SEPT)[0].ref == twin
    assert store.case(twin, at=SEPT).household.size == 5
    assert store.case(twin, at=SEPT).child.resident_id.reveal() == TWO


def twins(store):
    """The files of two twins, and what is asked of the second, who stands beside the first with his number."""
    filed(store, FIRST, TWIN | {"child.resident_id": TWO})
    ref, twin = (store.find(each, by=BY, reason="a call")[0] for each in (ONE, TWO))
    first, second = filed(store, FIRST, WRONG, at=AUG)
    assert (first.ref, second.perhaps) == (ref, (ref, twin))
    (asked,) = store.doubts(ref)
    return ref, twin, asked, second


def test_one_question_names_the_files_of_both_twins_and_one_answer_settles_it(store):
    ref, twin, asked, waiting = twins(store)
    assert (asked.also, store.doubts(twin)) == ((twin,), ())
    for text in (asked.text, waiting.why):
        assert f'store.answer("{twin}", "{asked.other}", same=True)' in text.en
        assert f'store.answer("{twin}", "{asked.other}", same=True)' in text.zh
        assert not stray(text)
    store.answer(twin, asked.other, same=True, by=BY)
    assert (store.doubts(ref), store.doubts(twin)) == ((), ())
    again = filed(store, FIRST, WRONG | {"household.size": 5}, at=SEPT)
    assert {each.ref for each in again} == {ref, twin}
    assert store.case(twin, at=SEPT).child.resident_id.reveal() == TWO


@pytest.mark.parametrize("answered", [False, True])
def test_a_mended_list_that_files_both_twins_ends_every_question_about_them(store, answered):
    ref, twin, asked, _ = twins(store)
    if answered:
        store.answer(ref, asked.other, same=False, by=BY)
        assert filed(store, FIRST, WRONG, at=AUG)[1].perhaps == (twin,)
    mended = filed(store, FIRST, TWIN | {"child.resident_id": TWO}, at=SEPT)
    assert {each.ref for each in mended} == {ref, twin}
    assert (store.doubts(ref), store.doubts(twin), store.verify().ok) == ((), (), True)
    if not answered:
        filed(store, FIRST, WRONG, at=SEPT)
        assert [each.other for each in store.doubts(ref)] == [asked.other], "it came back, and is asked again"


def test_a_list_that_is_older_of_another_office_or_of_another_place_ends_no_question(store):
    ref, *_ = twins(store)
    mended = TWIN | {"child.resident_id": TWO}
    filed(store, FIRST, mended, at=JULY)
    filed(store, FIRST, mended, at=SEPT, code="education")
    filed(store, FIRST | {"child.registration.division": "330199002"}, at=SEPT)
    assert len(store.doubts(ref)) == 1


@pytest.mark.parametrize(
    "then", [BOY | {"child.name": "林浩冉"}, BOY | {"child.birth_date": "2015-03-11"}], ids=["name", "birth date"]
)
def test_a_row_that_is_mended_in_its_list_is_asked_about_no_more(store, then):
    ref, _ = held(store, then)
    filed(store, BOY | {"child.name": "赵子明", "child.birth_date": "2012-01-09"}, at=AUG)
    assert len(store.doubts(ref)) == 1, "a list that does not name the file's child"
    filed(store, FIRST, at=SEPT)
    assert store.doubts(ref) == ()


def test_a_number_that_was_corrected_away_from_a_file_is_the_others(store):
    filed(store, FIRST)
    (ref,) = store.refs()
    store.correct(ref, 1, {"child.resident_id": TWO}, reason="a slip", by=BY)
    (child,) = filed(store, WRONG, TWIN, at=AUG)[:1]
    assert child.perhaps == (ref,), "a name and a number nearly its own"
    store.answer(ref, store.doubts(ref)[0].other, same=False, by=BY)
    (child,) = filed(store, WRONG, at=AUG)
    assert child.ref != ref
    assert store.case(child.ref, at=SEPT).child.resident_id.reveal() == ONE
    assert filed(store, WRONG, at=SEPT)[0].ref == child.ref


def test_who_stands_with_anothers_number_is_not_told_to_have_left_the_lists(store):
    ref, asked = held(store, WRONG)
    assert store.no_longer_listed(combine([source("civil_affairs", WRONG, as_of=AUG)])) == ()
    store.answer(ref, asked.other, same=False, by=BY)
    filed(store, WRONG, at=AUG)
    gone = store.no_longer_listed(combine([source("civil_affairs", WRONG, as_of=SEPT)]))
    assert [each.ref for each in gone] == [ref]


def test_a_ledgers_row_with_anothers_number_is_counted_asked_about_and_answered(store, tmp_path):
    def ledger(who):
        head = "儿童姓名,身份证号,性别,出生日期,户籍地行政区划代码"
        (tmp_path / "台账.csv").write_text(f"{head}\n{who},{ONE},男,2015-03-10,330199001", "utf-8")
        return read_ledger(tmp_path / "台账.csv")

    store.import_ledger(ledger("林浩然"), at=JULY, by=BY)
    (ref,) = store.refs()
    done = store.import_ledger(ledger("林浩宇"), at=AUG, by=BY)
    assert ([place.ref for place in done.perhaps], done.written, name(store, ref)) == ([ref], 0, "林浩然")
    assert "1 that may be the child of a file, open or closed, or with its ID and another name" in done.summary("en")
    store.answer(ref, store.doubts(ref)[0].other, same=False, by=BY)
    again = store.import_ledger(ledger("林浩宇"), at=AUG, by=BY)
    assert (again.written, len(again.without_id), len(store.refs())) == (1, 1, 2)


# ---- closed files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (FIRST, BOY),
        (FIRST, BOY | {"child.resident_id": TWO}),
        (BOY, FIRST),
        (FIRST, BOY | {"child.name": "林浩冉"}),
        (FIRST, WRONG),
    ],
    ids=["left out", "another", "filled in", "near name", "one ID"],
)
@pytest.mark.parametrize("two_ids", [False, True])
def test_the_child_of_a_closed_file_is_asked_about_and_not_filed_anew(store, first, then, two_ids):
    ref = closed(store, first)
    (child,) = filed(store, then, at=AUG, two_ids=two_ids)
    assert (child.filing, child.perhaps, store.refs()) == (Filing.NOT_FILED, (ref,), ())
    (asked,) = store.doubts(ref)
    assert asked.closing.reason.value == "death"
    assert "the child died" in asked.text.en
    assert "the child died" in child.why.en
    (item,) = store.due(rules(), today=SEPT).of("doubt")
    assert (item.ref, item.division, item.what) == (ref, "330199001", asked.text)
    assert store.due(rules(), today=SEPT, division="330106").of("doubt") == ()


def test_the_same_child_stays_closed_and_is_told_until_the_file_is_opened_again(store):
    ref = closed(store)
    filed(store, BOY, at=AUG)
    store.answer(ref, store.doubts(ref)[0].other, same=True, by=BY)
    (child,) = filed(store, BOY, at=AUG)
    assert (child.ref, child.closed, child.perhaps, store.refs()) == (ref, True, (), ())
    assert store.due(rules(), today=SEPT).of("doubt") == ()
    store.reopen_file(ref, reason="a mistake", on=AUG, by=BY)
    (child,) = filed(store, BOY | {"household.size": 3}, at=SEPT)
    assert (child.ref, child.closed, store.case(ref, at=SEPT).household.size) == (ref, False, 3)


def test_an_erasure_leaves_the_number_alone_by_which_the_id_and_nothing_else_is_known(store):
    ref = closed(store)
    assert filed(store, BOY, at=AUG)[0].perhaps == (ref,), "a closed file is found by the name"
    store.erase(ref, reason="kept long enough", by="330199001.user1")
    assert filed(store, FIRST, at=SEPT)[0].filing is Filing.NOT_FILED
    (child,) = filed(store, BOY, at=SEPT)
    assert (child.filing, child.perhaps, child.ref != ref) == (Filing.WRITTEN, (), True)


def test_another_than_the_child_of_a_closed_file_is_filed(store):
    ref = closed(store)
    filed(store, BOY, at=AUG)
    store.answer(ref, store.doubts(ref)[0].other, same=False, by=BY)
    (child,) = filed(store, BOY, at=AUG)
    assert (child.filing, store.refs()) == (Filing.WRITTEN, (child.ref,))


# ---- a birth date that is a slip away, and other strong evidence -----------------------------------------------------


@pytest.mark.parametrize("born", ["2015-03-11", "2015-10-03", "2013-03-10"], ids=["digit", "turned", "year"])
def test_the_same_name_with_a_mistyped_birth_date_is_asked_about_and_the_files_date_stays(store, born):
    then = BOY | {"child.birth_date": born, "household.size": 5}
    ref, asked = held(store, then)
    assert asked.likeness.value == "birth"
    store.answer(ref, asked.other, same=True, by=BY)
    assert filed(store, then, at=AUG)[0].ref == ref
    case = store.case(ref, at=SEPT)
    assert (str(case.child.birth_date), case.household.size) == ("2015-03-10", 5)


@pytest.mark.parametrize(
    "then",
    [
        BOY | {"child.birth_date": "2014-02-10"},
        BOY | {"child.birth_date": "2015-03-11", "child.name": "林浩冉", "child.registration.division": "330199002"},
        BOY | {"child.birth_date": "2015-03-11", "child.registration.division": "330199002"},
        BOY | {"child.birth_date": "2015-03-11", "child.sex": "female"},
    ],
    ids=["two digits", "near name in another township", "another township", "another sex"],
)
def test_less_than_that_is_another_child(store, then):
    filed(store, FIRST)
    assert filed(store, then, at=AUG)[0].filing is Filing.WRITTEN


VILLAGE = {"child.registration.division": "330199001002"}
FATHER = {"father.name": "林大山"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (FIRST | FATHER, TWIN | FATHER | {"child.registration.division": "330199002"}),
        (FIRST | VILLAGE, TWIN | VILLAGE | {"child.sex": "female"}),
        (FIRST, TWIN | {"child.resident_id": TWO}),
    ],
    ids=["guardian, another township", "village, another sex", "ID a slip away"],
)
def test_a_near_name_is_asked_about_where_more_speaks_for_one_child(store, first, then):
    ref, asked = held(store, then, first)
    assert asked.near
    store.answer(ref, asked.other, same=True, by=BY)
    (child,) = filed(store, then, at=AUG)
    case = store.case(ref, at=SEPT)
    assert (child.ref, child.why, name(store, ref)) == (ref, None, "林浩然")
    assert (case.child.sex.value, case.child.resident_id.reveal()) == ("male", ONE)


@pytest.mark.parametrize("then", [TWIN | {"child.resident_id": TWO}, TWIN | {"child.birth_date": "2015-03-11"}])
def test_two_whom_one_list_names_are_two_in_every_month(store, then):
    for at in (JULY, AUG):
        assert filed(store, FIRST, then, at=at).counts["not_filed"] == 0
    assert len(store.refs()) == 2
