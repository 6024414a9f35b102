"""What an analyst changes in a book: what cannot stand is refused at once, in both languages, with the nearest."""

import datetime as dt
import pickle

import pytest

import kinderguard
from kinderguard import rules as r
from kinderguard.packs.changes import ChangeError
from kinderguard.rules.errors import DefinitionError

DAY = dt.date(2025, 9, 1)
STANDARD, GRANT = "cn.dibao.monthly_standard", "330199.winter_heating.grant"


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


def refused(change, *args):
    with pytest.raises(ChangeError) as found:
        change(*args)
    error = found.value
    assert isinstance(error, DefinitionError)
    assert str(error) == error.text.en
    assert error.text.zh in error.__notes__
    assert not error.text.zh.isascii()
    return error.text


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("999999", "no province"),
        ("99", "no province"),
        ("33010", "Did you mean '330106'?"),  # of that length a value was never found
        ("3301061", "Did you mean '330106'?"),
        ("CN", "Did you mean 'cn'?"),
        ("浙江", "Did you mean '33'?"),
        ("Sishui", "Did you mean '370831'?"),
        (" 33", "Did you mean '33'?"),
        ("３３", "2, 4, 6, 9 or 12 digits"),
        ("nowhere", "2, 4, 6, 9 or 12 digits"),
        (330106, '"330106"'),
        (None, "text"),
    ],
)
def test_a_value_for_a_place_that_is_none_is_refused(book, place, says):
    text = refused(book.with_parameters, {STANDARD: {place: "900"}})
    assert STANDARD in text.en
    assert repr(place) in text.en
    assert repr(place) in text.zh
    assert says in text.en


def test_a_rule_of_another_division_is_refused_by_a_book_that_is_for_one(book):
    meal = r.Policy("330782.meal", r.Text("午餐补助", "Meal"), r.child.age < 16, amount=r.yuan("150"), every=r.MONTH)
    text = refused(book.for_division("330106").with_policies, meal)
    assert "330782.meal" in text.en
    assert "for_division('330782')" in text.zh
    for place in ("33", "330782", "330782001"):
        assert "330782.meal" in book.for_division(place).with_policies(meal).overlay("330782001").rules.policies


@pytest.mark.parametrize("place", ["cn", "", "45", "4501", "450103", "450103001", "450103001002"])
def test_a_place_that_no_table_has_is_let_through(book, place):
    changed = book.with_parameters({STANDARD: {place: "900"}})
    assert changed.rules.parameters[STANDARD].at("450103001002", DAY).value == 90_000


def test_a_local_value_outside_the_jurisdiction_of_its_pack_is_refused(book):
    """Nobody would ever read it."""
    text = refused(book.with_parameters, {GRANT: {"370831": "1"}})
    assert GRANT in text.en
    assert "'330199'" in text.en
    for place in ("330199", "330199001", "33", "cn"):
        book.with_parameters({GRANT: {place: "1500"}})


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("dibao.monthly_standard", STANDARD),  # without its pack it was another place's, and let through
        ("nonsense", "nonsense"),
        (GRANT + "s", GRANT),  # was told when the first child of the county was assessed
        ("330198.winter_heating.grant", "no pack of 330198 is installed"),
        ("999999.grant", "no pack of 999999 is installed"),
        ("cn.monthly_standard", "'cn.dibao.monthly_standard' or 'cn.tekun.monthly_standard'"),
        ("CN.Dibao.monthly-standard", STANDARD),
        ("cn.orphan.scatered_monthly", "cn.orphan.scattered_monthly"),
        ("cn.orphan_allowance", "cn.orphan.scattered_monthly"),  # a policy: the parameters that it reads
        ("cn.orphan", "a rule, not a parameter"),
        (5, "5"),
    ],
)
def test_a_parameter_that_is_none_is_refused_with_what_was_meant(book, code, says):
    text = refused(book.with_parameters, {code: "700"})
    assert says in text.en


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("cn.unattended", "'cn.de_facto_unattended', 'cn.left_unattended' or 'cn.unattended_allowance'"),
        ("cn.unfit", "'cn.unfit_caregiver'"),  # was 'cn.tekun'
        ("cn.state", "'cn.state_guardianship'"),  # was 'cn.disabled'
        ("orphan_allowance", "'cn.orphan_allowance'"),
        ("CN.ORPHAN_ALLOWANCE", "'cn.orphan_allowance'"),
        ("cn.orphan_allowence", "'cn.orphan_allowance'"),
        ("330199.winter_heatin", "'330199.winter_heating'"),
        (STANDARD, "with_parameters"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_what_was_meant(book, code, says):
    text = refused(book.without, code)
    assert says in text.en
    assert code in text.zh


def test_what_others_ask_for_is_named_with_those_who_ask(book):
    """It was said that there is no such category, and another was offered."""
    text = refused(book.without, "cn.dibao")
    for part in ("cn.dibao cannot be left out", "cn.economic_hardship", "cn.dibao_benefit", "with_policies"):
        assert part in text.en
    assert "Did you mean" not in text.en


def test_a_rule_of_a_pack_that_is_not_installed_is_left_out_already(book):
    assert book.without("330106.gift").fingerprint == book.fingerprint


def test_a_refusal_can_be_sent_to_another_process(book):
    with pytest.raises(ChangeError) as found:
        book.without("cn.unattended")
    again = pickle.loads(pickle.dumps(found.value))
    assert (str(again), again.text) == (str(found.value), found.value.text)


def test_a_wider_place_does_not_replace_a_narrower_one_given_beside_it(book):
    for given in ({"330199": "700", "cn": "650"}, {"cn": "650", "330199": "700"}):
        rules = book.with_parameters({"cn.orphan.scattered_monthly": given}).overlay("330199").rules
        assert rules.parameters["cn.orphan.scattered_monthly"].at("330199", DAY).value == 70_000
