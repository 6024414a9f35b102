"""Policy cases: read with errors that lead to the mend, run with partial facts, told with the reason."""

import datetime as dt
import pickle

import pytest

import kinderguard
from kinderguard.testing.policy_cases import PolicyCase, PolicyCaseError, read_policy_cases

DAY = dt.date(2025, 9, 1)
HEATING = {"child.birth_date": "2014-05-09", "household.aid": ["dibao"], "330199.central_heating": False}


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


def outcome(book, expect, facts=HEATING, *, on=DAY, division="330199", **more):
    return PolicyCase("用例", on, division, facts, expect, **more).run(book)


def written(folder, text, name="cases/a.toml"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


# ---- running


@pytest.mark.parametrize(
    "expect",
    [
        {"cn.dibao": True, "cn.economic_hardship": True, "cn.orphan": "unknown"},
        {"330199.winter_heating.eligible": True, "330199.winter_heating.amount": "600.00"},
        {"330199.winter_heating.amount": 600, "330199.winter_heating.low": "600", "330199.winter_heating.high": "600"},
        {"330199.winter_heating.every": "year", "cn.orphan_allowance.every": "month"},
        {"cn.medical_aid.granted": True},
        {"cn.dibao_benefit.low": "0", "cn.dibao_benefit.high": "unknown"},
        {"due.year.low": "600.00"},
        {"due.month.household.low": "0.00"},
        {"missing": ["household.size", "father.situations"], "problems": []},
        {"cn.economic_hardship.missing_exactly": [], "cn.dibao_benefit.missing": ["household.size"]},
    ],
)
def test_what_holds_passes(book, expect):
    found = outcome(book, expect)
    assert found.passed, found.text("en")
    assert found.text("zh").startswith("✓ 用例")


@pytest.mark.parametrize(
    ("expect", "expected", "got"),
    [
        ({"330199.winter_heating.every": "month"}, "a month", "a year"),
        ({"cn.dibao": False}, "no", "yes"),
        ({"cn.orphan": False}, "no", "undetermined"),
        ({"330199.winter_heating.eligible": "unknown"}, "undetermined", "yes"),
        ({"330199.winter_heating.amount": "600.01"}, "600.01 yuan", "600.00 yuan"),
        ({"330199.winter_heating.amount": "unknown"}, "undetermined", "600.00 yuan"),
        ({"330199.winter_heating.high": "unknown"}, "no bound", "600.00 yuan"),
        ({"cn.orphan_allowance.amount": "0"}, "0.00 yuan", "undetermined (0.00 yuan to 2,600.00 yuan)"),
        ({"cn.medical_aid.granted": False}, "no", "yes"),
        ({"due.year.low": "599.99"}, "599.99 yuan", "600.00 yuan"),
        ({"problems": ["parameter.missing"]}, "parameter.missing", "none"),
        ({"cn.economic_hardship.missing": ["household.size"]}, "household.size", "none"),
    ],
)
def test_what_does_not_hold_is_told_with_both_values(book, expect, expected, got):
    found = outcome(book, expect)
    (difference,) = found.differences
    assert not found.passed
    assert (difference.what, difference.expected.en, difference.got.en) == (*expect, expected, got)


def test_a_difference_is_explained_by_its_reason_and_nothing_else(book):
    facts = HEATING | {"child.birth_date": "2009-09-01"}
    found = outcome(book, {"330199.winter_heating.eligible": True}, facts)
    assert found.text("en").splitlines()[2:] == [
        "└─ ✗ Winter heating grant: eligible [330199.winter_heating.eligible]",
        "   ├─ expected: yes",
        "   ├─ got: no",
        "   └─ Why",
        "      └─ Because this does not hold: all of these (2 more not decisive)",
        "         └─ ✗ the child is under 16: exactly on the line",
        "            ├─ the child's age: 16 years",
        "            └─ the child's birth date: 1 September 2009",
    ]
    zh = found.text("zh")
    assert "预期：是" in zh
    assert "恰好在界线上" in zh
    assert "依据" not in zh


def test_a_notebook_shows_how_a_case_came_out(book):
    facts = HEATING | {"child.birth_date": "2009-09-01", "child.name": "甲某某"}
    shown = outcome(book, {"330199.winter_heating.eligible": True}, facts)._repr_html_()
    assert "实际：否" in shown
    assert "恰好在界线上" in shown
    assert "甲某某" not in shown


def test_an_undetermined_result_names_the_facts_that_would_decide_it(book):
    facts = {k: v for k, v in HEATING.items() if k != "330199.central_heating"}
    text = outcome(book, {"330199.winter_heating.eligible": True}, facts).text("zh")
    assert "集中供暖 [330199.central_heating]" in text
    assert "实际：待定" in text


def test_a_fact_that_is_not_missing_says_why(book):
    text = outcome(book, {"missing": ["household.aid", "child.disability.valid_until"]}).text("en")
    assert "[household.aid]: is known" in text
    assert "[child.disability.valid_until]: unknown, but no" in text


def test_a_rule_that_is_not_in_force_gives_nothing(book):
    expect = {"330199.winter_heating.eligible": False, "330199.winter_heating.amount": "0"}
    assert outcome(book, expect, on=dt.date(2024, 10, 31)).passed
    found = outcome(book, {"330199.winter_heating.eligible": True}, on=dt.date(2024, 10, 31))
    assert "not in force" in found.text("en")


def test_the_division_of_the_child_counts_where_the_case_states_none(book):
    facts = HEATING | {"child.registration.division": "330199"}
    assert outcome(book, {"330199.winter_heating.eligible": True}, facts, division=None).passed


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"cn.dibo": True}, "did you mean 'cn.dibao'?"),
        ({"cn.dibao_benefit": True}, "cn.dibao_benefit is a policy; write cn.dibao_benefit.eligible"),
        ({"330199.winter_heatin.eligible": True}, "did you mean '330199.winter_heating'?"),
        ({"cn.medical_aid.amount": "0"}, "cn.medical_aid is a service; write cn.medical_aid.granted"),
        ({"330199.winter_heating.granted": True}, "is paid in money; write 330199.winter_heating.amount"),
        ({"cn.dibaoo.missing": []}, "did you mean 'cn.dibao'?"),
    ],
)
def test_a_misspelt_code_is_told_with_the_nearest(book, expect, said):
    found = outcome(book, expect)
    assert not found.passed
    assert said in found.text("en")


def test_a_fact_that_no_pack_declares_is_told(book):
    found = outcome(book, {"cn.dibao": True}, HEATING | {"330199.central_heatin": True})
    assert "there is no fact '330199.central_heatin'; did you mean '330199.central_heating'?" in found.text("en")


def test_an_age_is_no_fact_and_the_birth_date_is_named(tmp_path):
    path = written(
        tmp_path, '[[case]]\ntitle = "a"\non = 2025-09-01\nfacts = { "child.age" = 9 }\nexpect = { "cn.dibao" = true }'
    )
    with pytest.raises(PolicyCaseError, match=r"write child\.birth_date"):
        read_policy_cases(path)


def test_a_packs_fact_misspelt_among_those_to_ask_for_is_told_with_the_nearest(book):
    found = outcome(book, {"330199.winter_heating.missing": ["330199.central_heatin"]})
    assert "did you mean '330199.central_heating'?" in found.text("en")


def test_a_rule_of_a_place_whose_pack_was_not_loaded_yet_is_named_with_the_pack_too():
    """In the first case of a run as in every other."""
    facts = {"330199.central_heating": False}
    found = outcome(kinderguard.load(), {"330199.winter_heating.eligible": True}, facts, division="330198")
    assert all("correct the case's division" in p.message.en for p in found.problems), found.text("en")


def test_a_fact_that_does_not_fit_its_kind_fails_the_case(book):
    found = outcome(book, {"cn.dibao": True}, HEATING | {"330199.central_heating": "maybe"})
    assert not found.passed
    assert "does not fit its kind" in found.text("en")


def test_a_pack_that_is_not_installed_is_named_with_the_mend(book, tmp_path):
    found = outcome(book, {"650199.grant.eligible": True}, {}, division="650199")
    assert "the pack 650199 is not installed" in found.text("en")
    project = written(tmp_path, '[project.entry-points.kinderguard]\n650198 = "x"\n', "pyproject.toml")
    file = tmp_path / "cases" / "a.toml"
    found = outcome(book, {"cn.dibao": True}, file=str(file))
    assert f"pip install -e {project.parent}" in found.text("en")


# ---- reading

FILE = """\
title = "取暖"
on = 2025-09-01
division = "330199"

[facts]
child.birth_date = "2014-05-09"
"household.aid" = ["dibao"]
330199.central_heating = false

[[case]]
title = "发放"
expect = { 330199.winter_heating.eligible = true }

[[case]]
title = "生日"
on = 2025-09-02
expect = { "cn.dibao" = true }
variants = [
  { title = "前一天", facts = { "child.birth_date" = 2009-09-03 }, expect = { "330199.winter_heating.eligible" = true } },
  { title = "当天", on = 2025-09-03, facts = { "child.birth_date" = "2009-09-03" }, expect = { "330199.winter_heating.eligible" = false } },
  { title = "未知", facts = { "child.birth_date" = "unknown" }, expect = { "330199.winter_heating.eligible" = "unknown" } },
  { title = "父亲", facts = { "father.situations" = [{ kind = "dead", since = "2020-01-01" }] } },
]
"""


def test_a_file_gives_a_case_for_each_variant_with_what_file_and_case_say(book, tmp_path):
    found = read_policy_cases(written(tmp_path, FILE))
    assert [(c.name, c.day.day, c.line) for c in found] == [
        ("发放", 1, 10), ("生日 · 前一天", 2, 19), ("生日 · 当天", 3, 20), ("生日 · 未知", 2, 21), ("生日 · 父亲", 2, 22),
    ]  # fmt: skip
    assert {c.group.in_(lang) for c in found for lang in ("zh", "en")} == {"取暖"}
    assert found[0].facts == {
        "child.birth_date": "2014-05-09",
        "household.aid": ["dibao"],
        "330199.central_heating": False,
    }
    assert "child.birth_date" not in found[3].facts
    assert found[1].expect == {"cn.dibao": True, "330199.winter_heating.eligible": True}
    assert [c.run(book).text("en") for c in found if not c.run(book).passed] == []


def test_titles_in_both_languages_are_told_in_the_language_that_is_asked_for(book, tmp_path):
    text = """\
title = { zh = "取暖", en = "heating" }
on = 2025-09-01
[[case]]
title = { zh = "低保", en = "dibao" }
facts = { "household.aid" = ["dibao"] }
variants = [
  { title = { zh = "是", en = "is" }, expect = { "cn.dibao" = false } },
  { title = "否", expect = { "cn.dibao" = true } },
]
"""
    one, other = read_policy_cases(written(tmp_path, text))
    assert (one.group.zh, one.group.en, one.name, one.line) == ("取暖", "heating", "低保 · 是", 7)
    assert one.run(book).text("en").splitlines()[0] == "✗ dibao · is"
    assert one.run(book).text("zh").splitlines()[0] == "✗ 低保 · 是"
    assert other.full_title.en == "dibao · 否"


def test_folders_are_searched_for_folders_of_cases(tmp_path):
    written(tmp_path, FILE, "a/cases/one.toml")
    written(tmp_path, FILE, "b/c/cases/two.toml")
    written(tmp_path, "nonsense", "b/other.toml")
    written(tmp_path, "nonsense", ".venv/cases/hidden.toml")
    assert len(read_policy_cases(tmp_path)) == 10
    assert len(read_policy_cases(tmp_path / "a" / "cases")) == 5


@pytest.mark.parametrize(
    ("text", "where", "en", "zh"),
    [
        ("case = [", "a.toml:1", "no valid TOML", "不是有效的 TOML"),
        ("on = 2025-09-01\n", "a.toml:1", "there is no [[case]]", "没有 [[case]]"),
        ("[[cases]]\n", "a.toml:1: cases", "did you mean 'case'?", "是否想写 'case'？"),
        ('[[case]]\ntitle = "a"\nexpect = { "cn.dibao" = true }', "a.toml:1: a", "on = 2025-09-01", "缺少日期"),
        ('on = "2025-09-01"\n', "a.toml:1: on", "without quotes", "不加引号"),
        ('on = 2025-09-01\n[[case]]\nexpect = { "cn.dibao" = true }', "a.toml:2: case 1", "no title", "缺少 title"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\n', "a.toml:2: a", "expect is empty", "expect 为空"),
        ('on = 2025-09-01\ndivision = "999999"\n[[case]]\ntitle = "a"\nexpect = { "cn.dibao" = true }', "a.toml:2: division", "no province", "省级"),
        ('on = 2025-09-01\n[[case]]\ntitle = { zh = "甲" }\nexpect = { "cn.dibao" = true }', "a.toml:2: case 1: title", 'zh = "…", en', "应为文字，或"),
        ('title = { zh = "甲", en = "" }\non = 2025-09-01\n', "a.toml:1: title", 'zh = "…", en', "应为文字，或"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nexpct = { "cn.dibao" = true }', "a: expct", "did you mean 'expect'?", "是否想写"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nexpect = { "cn.dibao" = "yes" }', "a: expect.cn.dibao", 'true, false or "unknown"', "应为 true"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nexpect = { "cn.dibao_benefit.amount" = 600.5 }', "expect.cn.dibao_benefit.amount", "float", "浮点"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nexpect = { missing = ["child.birthdate"] }', "expect.missing", "did you mean 'child.birth_date'?", "是否想写"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nexpect = { "due.week" = "1" }', "expect.due.week", "due.month", "due.month"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nfacts = { "child.birth_dat" = "2014" }\nexpect = { "cn.dibao" = true }', "facts.child.birth_dat", "did you mean 'child.birth_date'?", "是否想写"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nfacts = { "child.birth_date" = "5.9.2014" }\nexpect = { "cn.dibao" = true }', "facts.child.birth_date", "write the date as", "日期应写作"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nfacts = { "father.situations" = [{ kind = "ded" }] }\nexpect = { "cn.dibao" = true }', "facts.father.situations.0.kind", "no such code", "代码不存在"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nexpect = { "cn.dibao" = true }\n[[case]]\ntitle = "a"\nexpect = { "cn.dibao" = true }', "a.toml:5: a", "line 2", "第2行"),
        ('on = 2025-09-01\n[[case]]\ntitle = "a"\nexpect = { "cn.dibao" = true }\nvariants = ["b"]', "a.toml:2: a", "lists tables", "列出表"),
    ],
)  # fmt: skip
def test_an_error_says_file_line_case_and_mend_in_both_languages(tmp_path, text, where, en, zh):
    with pytest.raises(PolicyCaseError) as caught:
        read_policy_cases(written(tmp_path, text))
    assert where in caught.value.text.en
    assert en in caught.value.text.en
    assert zh in caught.value.text.zh
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    text = 'on = 2025-09-01\n[[case]]\ntitle = "a"\nfacts = { "child.sx" = "male", "household.size" = 0 }\nexpect = { "cn.a" = 1 }\n[[case]]\n'
    with pytest.raises(PolicyCaseError) as caught:
        read_policy_cases(written(tmp_path, text))
    assert len(caught.value.problems) == 4


SHARED = """\
on = 2025-09-01
division = "999999"
[facts]
# "child.birth_dat" = "2013-05-09"
"child.birth_dat" = "2014-05-09"
child.sex = "m"

[facts.household]
siz = 3

[[case]]
title = "a"
expect = { "cn.dibao" = true }

[[case]]
title = "b"
expect = { "cn.dibao" = true }
variants = [{ title = "1" }, { title = "2", facts = { "child.sx" = "male" } }]
"""


def test_what_is_wrong_with_what_cases_share_is_told_once_on_its_line(tmp_path, monkeypatch):
    path = written(tmp_path, SHARED)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PolicyCaseError) as caught:
        read_policy_cases(path)
    assert sorted(p.where for p in caught.value.problems) == [
        "cases/a.toml:18: b · 2: facts.child.sx", "cases/a.toml:2: division", "cases/a.toml:5: facts.child.birth_dat",
        "cases/a.toml:6: facts.child.sex", "cases/a.toml:9: facts.household.siz",
    ]  # fmt: skip


def test_a_fact_that_a_case_states_itself_is_told_at_the_case(tmp_path):
    text = SHARED.replace('division = "999999"\n', "").replace("siz = 3", "size = 3").replace('"child.birth_dat"', '"child.birth_date"')  # fmt: skip
    text = text.replace('title = "a"', 'title = "a"\nfacts = { "child.sex" = "f" }')
    with pytest.raises(PolicyCaseError) as caught:
        read_policy_cases(written(tmp_path, text))
    assert "a: facts.child.sex" in caught.value.text.en


def test_a_file_that_is_not_utf8_or_not_there_says_so(tmp_path):
    path = written(tmp_path, "")
    path.write_bytes("标题".encode("gb18030"))
    with pytest.raises(PolicyCaseError, match="not UTF-8"):
        read_policy_cases(path)
    with pytest.raises(PolicyCaseError, match="cannot be read"):
        read_policy_cases(tmp_path / "none.toml")


def one_case(tmp_path, expect, division="330199", facts=""):
    (tmp_path / "cases").mkdir(exist_ok=True)
    file = tmp_path / "cases" / "a.toml"
    file.write_text(
        f'on = 2025-09-01\ndivision = "{division}"\n[[case]]\ntitle = "甲"\nfacts = {{ {facts} }}\nexpect = {{ {expect} }}\n',
        "utf-8",
    )
    return file


def test_a_misspelt_aspect_of_a_policy_is_named_with_the_nearest(tmp_path):
    with pytest.raises(PolicyCaseError, match=r"there is no \.amuont; did you mean 330199\.winter_heating\.amount\?"):
        read_policy_cases(one_case(tmp_path, '"330199.winter_heating.amuont" = "600.00"'))


def test_a_rule_of_another_place_is_named_with_its_pack(book, tmp_path):
    facts = '"330199.central_heating" = true'
    (case,) = read_policy_cases(one_case(tmp_path, '"330199.winter_heating.eligible" = true', "330198", facts))
    said = case.run(book).text("en")
    assert (
        said.count("is declared by the pack 330199, which is not in force in 330198; correct the case's division") == 2
    )


def test_of_a_total_that_is_not_known_the_facts_to_state_are_listed(book, tmp_path):
    (case,) = read_policy_cases(one_case(tmp_path, '"due.year" = "600.00"', facts='"child.birth_date" = "2014-05-09"'))
    assert "[330199.central_heating]: unknown, and decides on" in case.run(book).text("en")


def test_cases_of_a_pack_that_registers_nothing_say_so_once(book, tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "kinderguard-mine"\n[project.entry-points.kinderguards]\n"650199" = "mine"\n', "utf-8"
    )
    (case,) = read_policy_cases(one_case(tmp_path, '"650199.grant.eligible" = true', "650199"))
    outcome = case.run(book)
    (why,) = outcome.kept_out
    assert "pyproject.toml:3: it registers no pack: its group of entry points is kinderguards" in why.message.en
    assert "pip install -e" not in outcome.problems[0].message.en
