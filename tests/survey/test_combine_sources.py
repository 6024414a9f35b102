"""Kinds of list and orders of trust: built in, from TOML, from packs; and what is said of those that are not right."""

import pytest

import kinderguard
from kinderguard import Text
from kinderguard.model.codes import Department
from kinderguard.packs import LedgerColumn
from kinderguard.rules import DeclaredFact
from kinderguard.survey import (
    ProfileError,
    SourceProfile,
    TrustError,
    TrustOrder,
    TrustRule,
    built_in_profiles,
    find_profile,
    read_source,
)
from kinderguard.survey.facts import fact_paths
from survey.lists import DAY, number, write

HEATING = DeclaredFact.yes_no("330199.central_heating", zh="集中供暖", en="has central heating")

STREET = """
code = "street"
title = { zh = "街道名单", en = "the street office's list" }
department = "civil_affairs"
answers = ["child.residence"]
[spellings]
"娃娃姓名" = "儿童姓名"
[[columns]]
header = "集中供暖"
also = ["暖气"]
fact = "330199.central_heating"
kind = "yes_no"
title = { zh = "集中供暖", en = "has central heating" }
[[columns]]
header = "房租"
fact = "330199.rent"
kind = "money"
title = { zh = "房租", en = "rent" }
"""


@pytest.fixture
def toml(tmp_path):
    def run(text, name="street.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return run


def test_a_kind_of_list_in_toml_reads_its_own_headers_and_columns(toml, tmp_path):
    profile = SourceProfile.from_toml(toml(STREET))
    path = write(tmp_path / "street.csv", {"娃娃姓名": "某某", "公民身份号码": number(1), "暖气": "√", "房租": "1200"})
    source = read_source(path, profile, as_of=DAY)
    (case,) = source.ledger.cases
    assert (case.child.name.reveal(), case.extra) == ("某某", {"330199": {"central_heating": True, "rent": "1200.00"}})
    assert (source.code, source.as_of, profile.department) == ("street", DAY, Department.CIVIL_AFFAIRS)
    assert list(source.ledger.all_problems) == []


@pytest.mark.parametrize("profile", built_in_profiles().values(), ids=lambda p: p.code)
def test_built_in_kinds_of_list_answer_for_facts_that_exist_and_read_their_headers(profile, tmp_path):
    assert profile.answers <= fact_paths()
    assert profile.title.zh != profile.title.en
    headers = dict.fromkeys(profile.spellings, "")
    path = write(tmp_path / "list.csv", {"身份证号": number(1), "性别": "男"} | headers)
    source = read_source(path, profile, as_of=DAY)
    assert [p for p in source.ledger.all_problems if p.code == "ledger.header_unknown"] == []


def test_no_fact_has_two_departments_that_answer_for_it_alike():
    profiles = list(built_in_profiles().values())
    for path in fact_paths():
        owning = sorted((p.owns(path) for p in profiles if p.owns(path)), reverse=True)
        assert len(owning) < 2 or owning[0] > owning[1], path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('code = "street"', 'code = "Street Office"'), "lower-case"),
        (('code = "street"', ""), "code is missing"),
        (('department = "civil_affairs"', 'department = "civil_afairs"'), "Did you mean 'civil_affairs'"),
        ((', en = "the street office\'s list"', ""), "title is written"),
        (("answers =", "answer ="), "did you mean 'answers'"),
        (('["child.residence"]', '"child.residence"'), "list of fact paths"),
        (('"儿童姓名"', "1"), "header as written"),
        (('kind = "yes_no"', 'kind = "yesno"'), "kind is one of yes_no"),
        (('fact = "330199.rent"', 'fact = "rent"'), "columns"),
        (("[[columns]]", "[columns]"), "no TOML"),
        (('header = "房租"', 'headers = "房租"'), "did you mean 'header'"),
    ],
)
def test_a_kind_of_list_that_is_not_right_names_file_entry_and_mend(toml, change, says):
    with pytest.raises(ProfileError, match=says) as error:
        SourceProfile.from_toml(toml(STREET.replace(*change)))
    assert str(error.value).startswith("street.toml")
    assert error.value.text.zh.startswith("street.toml")


def test_a_file_that_is_not_there_says_so(tmp_path):
    for read, error in ((SourceProfile.from_toml, ProfileError), (TrustOrder.from_toml, TrustError)):
        with pytest.raises(error, match=r"none\.toml cannot be read"):
            read(tmp_path / "none.toml")


def _profile(**changes):
    values = {"code": "street", "title": Text("街道", "street"), "department": Department.OTHER} | changes
    return SourceProfile(**values)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": "街道"}, "in both languages"), ({"department": "street"}, "department is one of"), ({"columns": ["暖气"]}, "LedgerColumn"),
        ({"spellings": {"姓名": "监护人姓名"}}, "means 儿童姓名 everywhere"), ({"spellings": {"娃娃": "儿童性名"}}, "Did you mean '儿童姓名'"),
        ({"answers": ["child.schoolling"]}, "Did you mean 'child.schooling'"),
    ],
)  # fmt: skip
def test_a_kind_of_list_as_a_value_is_checked_too(tmp_path, changes, says):
    path = write(tmp_path / "list.csv", {"儿童姓名": "某某", "性别": "男"})
    with pytest.raises(ProfileError, match=says):
        read_source(path, _profile(**changes), as_of=DAY)


def test_a_spelling_of_its_own_column_is_taken(tmp_path):
    profile = _profile(columns=[LedgerColumn("集中供暖", fact=HEATING)], spellings={"暖气": "集中供暖"})
    path = write(tmp_path / "list.csv", {"儿童姓名": "某某", "性别": "男", "暖气": "是"})
    assert read_source(path, profile, as_of=DAY).ledger.cases[0].extra == {"330199": {"central_heating": True}}


def test_a_kind_of_list_that_is_not_there_offers_the_nearest():
    with pytest.raises(ProfileError, match="Did you mean 'education'"):
        find_profile("educaton")
    with pytest.raises(ProfileError, match=r"needs book=kinderguard.load\(\)"):
        find_profile("330199.street_office")


PACK = """
from kinderguard import Pack, Text, hookimpl
from kinderguard.model.codes import Department
from kinderguard.packs import SourceProfile

@hookimpl
def kinderguard_pack():
    return Pack(code="4501", title=Text("某地", "Somewhere"), version="1.0", kinderguard=">=0.1,<0.2")

@hookimpl
def kinderguard_source_profiles():
    return [SourceProfile({code!r}, Text("街道名单", "street list"), Department.OTHER, spellings={{"娃娃姓名": "儿童姓名"}})]
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a pack for division 4501 from its source."""

    def run(source):
        site = tmp_path / "site"
        (site / "kg_test_lists").mkdir(parents=True)
        (site / "kg_test_lists" / "__init__.py").write_text(source, "utf-8")
        info = site / "kinderguard_test_lists-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kinderguard-test-lists\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[kinderguard]\n4501 = kg_test_lists\n")
        monkeypatch.syspath_prepend(str(site))
        return kinderguard.load()

    yield run
    import sys

    sys.modules.pop("kg_test_lists", None)


def test_a_pack_brings_a_kind_of_list(install, tmp_path):
    book = install(PACK.format(code="4501.street_office"))
    path = write(tmp_path / "list.csv", {"娃娃姓名": "某某", "性别": "男"})
    source = read_source(path, "4501.street_office", as_of=DAY, book=book)
    assert source.ledger.cases[0].child.name.reveal() == "某某"
    assert [p.code for p in book.source_profiles(["4501"])] == ["4501.street_office"]
    with pytest.raises(ProfileError, match=r"4501\.street_office"):
        find_profile("4501.street_ofice", book)


@pytest.mark.parametrize(
    "source", [PACK.format(code="street_office"), PACK.split("return [Source")[0] + "return ['x']\n"]
)
def test_a_pack_whose_lists_are_not_its_own_is_kept_out_and_named(install, source):
    book = install(source)
    book.check()
    (problem,) = [p for p in book.problems if "4501" in p.where]
    assert problem.code == "pack.hook_result_invalid"
    assert "kinderguard_source_profiles" in problem.message.en
    assert book.source_profiles(["4501"]) == ()


# ---- orders of trust ---------------------------------------------------------------------------------------------


def test_the_nearest_rule_counts_and_lists_can_be_named_singly(toml):
    path = toml(
        '["*"]\norder = ["civil_affairs"]\n["child.schooling"]\nprefer = "newest"\n'
        '["child.schooling.stage"]\norder = ["education.north", "education"]\n'
    )
    order = TrustOrder.from_toml(path)
    assert order.rule("child.schooling.stage").order == ("education.north", "education")
    assert order.rule("child.schooling.boarding").prefer == "newest"
    assert order.rule("household.size").order == ("civil_affairs",)
    assert TrustOrder({}).rule("household.size").prefer == "ask"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('["child.schoolling"]\nprefer = "order"', "Did you mean 'child.schooling'"), ('["*"]\nprefer = "oldest"', "prefer is one of"),
        ('["*"]\nprefers = "order"', "did you mean 'prefer'"), ('["*"]\norder = "education"', "list of departments"),
        ('["*"]\norder = ["educaton"]', "did you mean 'education'"), ('["*"]\nstale_after_days = -1', "whole number of days"),
        ('"*" = "order"', "prefer = "), ("[", "no TOML"),
    ],
)  # fmt: skip
def test_an_order_of_trust_that_is_not_right_names_rule_and_mend(toml, text, says):
    with pytest.raises(TrustError, match=says) as error:
        TrustOrder.from_toml(toml(text, "trust.toml"))
    assert error.value.text.zh.startswith("trust.toml")


def test_a_rule_for_a_fact_that_is_not_there_is_refused():
    with pytest.raises(TrustError, match=r"household\.size"):
        TrustOrder.default().with_rule("household.sise", TrustRule())


def test_the_default_order_names_every_department_in_every_order():
    for path, rule in TrustOrder.default().rules.items():
        assert rule.order == () or set(rule.order) == set(Department), path
