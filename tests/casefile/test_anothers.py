"""A row that was filed as a child's and is another's, as somebody says later: what came of it is asked about."""

import datetime as dt

import pytest

from casefile.test_store_imports import BY, ONE
from kinderguard import Case
from kinderguard.casefile.doubts import doubt_texts
from kinderguard.survey import Source, built_in_profiles, combine, link, read_ledger, rows_of
from told import stray

JULY, AUGUST = dt.date(2025, 7, 1), dt.date(2025, 8, 1)
HEAD = "儿童姓名,身份证号,性别,出生日期,户籍地行政区划代码,父亲姓名,母亲状况,家庭人口"
PLACE = "男,2015-01-01,330106001,陈大河"


@pytest.fixture
def lists(tmp_path):
    """Read a list of the given rows."""

    def read(*rows, name="list.csv"):
        (tmp_path / name).write_text("\n".join([HEAD, *rows]), "utf-8")
        return read_ledger(tmp_path / name)

    return read


def answered(store, lists, *answers):
    """A file, and a child of nearly its name whose rows were filed by answers, one after the other."""
    own = f"陈子涵,,{PLACE},,3"
    store.import_ledger(lists(own), at=JULY, by=BY, source="civil")
    (ref,) = store.refs()
    other = f"陈梓涵,,{PLACE},死亡,4"
    store.import_ledger(lists(other), at=AUGUST, by=BY, source="police")
    (question,) = store.doubts(ref)
    for same in answers:
        said = store.answer(ref, question.other, same=same, by=BY)
        assert said.doubts == doubt_texts(store.doubts(ref))
        store.import_ledger(lists(other), at=AUGUST, by=BY, source="police")
    return ref, question.other


def paths(store, ref):
    return [(each.path, each.hidden_by, each.anothers) for each in store.doubts(ref)]


def test_an_answer_that_is_changed_to_another_child_asks_about_what_was_filed_meanwhile(file_store, lists):
    ref, other = answered(file_store, lists, True, False)
    taken = next(e.number for e in file_store.entries(ref, kinds=["facts"]) if "mother.situations" in e.body["facts"])
    assert paths(file_store, ref) == [("household.size", taken, other), ("mother.situations", taken, other)]
    assert file_store.case(ref).mother.situations, "nobody but a person can tell what holds"
    (text,) = doubt_texts(file_store.doubts(ref))
    assert other in text.zh
    assert not stray(text)
    file_store.record(Case.from_facts({"ref": ref, "household.size": 4}), at=AUGUST, by=BY)
    assert [path for path, *_ in paths(file_store, ref)] == ["mother.situations"]
    file_store.correct(ref, taken, {}, withdrawn=["mother.situations"], reason="another child's", by=BY)
    assert file_store.doubts(ref) == ()
    assert not file_store.case(ref).mother.situations
    assert file_store.verify().ok


@pytest.mark.parametrize("answers", [(True,), (False,), (True, False, True)])
def test_nothing_is_asked_of_a_child_who_was_never_this_one_or_is_it_after_all(file_store, lists, answers):
    ref, _ = answered(file_store, lists, *answers)
    assert file_store.doubts(ref) == ()


def surveyed(lists, day, *, apart=False, civil="", police="死亡"):
    """Two lists of one month: the rows are linked, unless somebody decides that they are two children."""
    profiles = built_in_profiles()
    sources = [
        Source(profiles["civil_affairs"], day, lists(f"陈子涵,{ONE},{PLACE},{civil},3", name="civil.csv")),
        Source(profiles["public_security"], day, lists(f"陈子涵,,{PLACE},{police},", name="police.csv")),
    ]
    survey = combine(sources, links=link(rows_of(sources)))
    rows = [row for child in survey.children for row in child.rows]
    return survey.different(*rows, by=BY, on=day) if apart else survey


@pytest.mark.parametrize("day", [JULY, AUGUST], ids=["the same lists", "the next month's"])
def test_a_merge_that_is_undone_asks_about_what_only_the_others_row_said(file_store, lists, day):
    file_store.import_survey(surveyed(lists, JULY), by=BY)
    (ref,) = file_store.refs()
    file_store.import_survey(surveyed(lists, day, apart=True), by=BY)
    (other,) = {*file_store.refs()} - {ref}
    assert (paths(file_store, ref), file_store.doubts(other)) == ([("mother.situations", 1, other)], ())
    head = file_store.head()
    file_store.import_survey(surveyed(lists, day, apart=True), by=BY)
    assert file_store.head() == head, "it is asked once"
    file_store.record(Case.from_facts({"ref": ref}), unknown=["mother.situations"], at=JULY, by=BY)
    assert file_store.doubts(ref) == ()


def test_of_an_undone_merge_what_the_childs_own_list_says_as_well_is_not_asked(file_store, lists):
    file_store.import_survey(surveyed(lists, JULY), by=BY)
    (ref,) = file_store.refs()
    file_store.import_survey(surveyed(lists, AUGUST, apart=True, civil="死亡"), by=BY)
    assert (len(file_store.refs()), file_store.doubts(ref)) == (2, ())


def test_two_children_who_were_never_merged_are_not_asked_about(file_store, lists):
    file_store.import_survey(surveyed(lists, JULY, apart=True), by=BY)
    assert [file_store.doubts(ref) for ref in file_store.refs()] == [(), ()]
