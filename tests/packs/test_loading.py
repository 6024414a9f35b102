"""Finding and loading packs: what is broken is named with its file and the mend, kept out, and nothing else suffers."""

import datetime as dt
import sys

import pytest

import kinderguard
from kinderguard import Case, PackError
from kinderguard.packs import PackState, PackWarning, PolicyBook

DAY = dt.date(2025, 9, 1)
GUANGXI = Case.from_facts({"division_code": "450102", "child.birth_date": "2015-01-01"})
SISHUI = Case.from_facts({"division_code": "370831", "child.birth_date": "2015-01-01"})
HOOK = "from kinderguard import Pack, Text, hookimpl\n"


def pack(**arguments):
    """The source of a module whose pack has other arguments."""
    given = {"code": '"4501"', "title": 'Text("某地", "Somewhere")', "version": '"1.0"', "kinderguard": '">=0.1,<0.2"'}
    text = ", ".join(f"{k}={v}" for k, v in (given | arguments).items())
    return (
        f"{HOOK}from pathlib import Path\nfrom kinderguard import rules as r\nfrom kinderguard.rules import child, household, param\n"
        f"@hookimpl\ndef kinderguard_pack():\n    return Pack({text})\n"
    )


def test_a_good_pack_is_found_and_speaks_for_its_place_alone(install):
    install("4501")
    book = kinderguard.load(strict=True)
    assert book.assess(GUANGXI, on=DAY).policies["4501.gift"].amount == 50
    assert "4501.gift" not in book.assess(SISHUI, on=DAY).policies


def test_nothing_is_imported_before_a_child_of_the_place_is_assessed(install):
    here, there = install("4501"), install("4601")
    book = kinderguard.load()
    book.assess(SISHUI, on=DAY)
    assert {here, there} & sys.modules.keys() == set()
    book.assess(GUANGXI, on=DAY)
    assert here in sys.modules
    assert there not in sys.modules
    states = {s.name: s.state for s in book.packs}
    assert (states["4501"], states["4601"]) == (PackState.LOADED, PackState.WAITING)


def test_several_packs_of_one_division_have_suffixes(install):
    install("4501")
    install("4501.education")
    result = kinderguard.load(strict=True).assess(GUANGXI, on=DAY)
    assert {"4501.gift", "4501.education.gift"} <= result.policies.keys()


BROKEN = {
    "raises while imported": ("1 / 0", "pack.import_failed", "__init__.py:1"),
    "is not Python": ("def (", "pack.import_failed", "__init__.py:1"),
    "imports what is not there": ("\nimport no_such_module_here", "pack.import_failed", "__init__.py:2"),
    "exits": ("import sys; sys.exit(3)", "pack.import_failed", "__init__.py:1"),
    "has a misspelt hook": (HOOK + "@hookimpl\ndef kinderguard_pak():\n    pass\n", "pack.hook_invalid", "kinderguard_pack"),
    "has a hook with an argument": (HOOK + "@hookimpl\ndef kinderguard_pack(book):\n    pass\n", "pack.hook_invalid", "book"),
    "has no pack": (HOOK, "pack.hook_invalid", "kinderguard_pack"),
    "gives no pack": (HOOK + "@hookimpl\ndef kinderguard_pack():\n    return {}\n", "pack.not_a_pack", "dict"),
    "raises in its hook": (HOOK + "@hookimpl\ndef kinderguard_pack():\n    return {}['x']\n", "pack.registration_failed", "__init__.py:4"),
    "speaks for another place": (pack(code='"4502"'), "pack.code_differs", "4502"),
    "is for another version": (pack(kinderguard='">=9"'), "pack.version_unfit", ">=9"),
    "has no version range": (pack(kinderguard='"newest"'), "pack.version_range_invalid", ">=0.1,<0.2"),
    "defines another's code": (
        pack(policies='[r.Policy(code="cn.gift", title=Text("礼", "Gift"), eligible=child.age < 18, amount=r.yuan(5))]'),
        "pack.registration_failed", "4501.",
    ),
    "reads a fact that is not there": (
        pack(policies='[r.Policy(code="4501.gift", title=Text("礼", "Gift"), eligible=child.agee < 18, amount=r.yuan(5))]'),
        "pack.registration_failed", "'age'",
    ),
    "reads a parameter that is not there": (
        pack(policies='[r.Policy(code="4501.gift", title=Text("礼", "Gift"), eligible=child.age < 18, amount=param("4501.gft"))]'),
        "pack.rules_invalid", "4501.gft",
    ),
    "names a category that is not there": (
        pack(policies='[r.Policy(code="4501.gift", title=Text("礼", "Gift"), eligible=child.is_in("cn.orpan"), amount=r.yuan(5))]'),
        "pack.rules_invalid", "cn.orphan",
    ),
    "takes away from the nation": (
        pack(checks='[r.Check(code="4501.less", on="cn.orphan_allowance", reason=Text("少", "less"), requires=child.age < 10)]'),
        "pack.rules_invalid", "cn.orphan_allowance",
    ),
    "takes a national benefit away by stacking": (
        pack(policies='[r.Policy(code="4501.gift", title=Text("礼", "Gift"), eligible=child.age < 18, amount=r.yuan(5), every=r.MONTH, stacking=[r.excludes("cn.orphan_allowance", keep="this")])]'),
        "pack.rules_invalid", 'keep="higher"',
    ),
    "has a TOML file that is not there": (pack(parameters='[Path(__file__).with_name("p.toml")]'), "pack.rules_invalid", "p.toml"),
    "gives a column that is none": (
        pack() + "@hookimpl\ndef kinderguard_ledger_columns():\n    return ['集中供暖']\n", "pack.hook_result_invalid", "LedgerColumn",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_pack_is_named_contained_and_reported(install, what):
    source, code, says = BROKEN[what]
    install("4501", source)
    book = kinderguard.load()
    result = book.assess(GUANGXI, on=DAY)
    (problem,) = [p for p in result.problems if p.code.startswith("pack.")]
    assert problem.code == code
    assert says in problem.message.en
    assert "4501 (kinderguard-test-0 1.0)" in problem.where
    assert problem.message.zh != problem.message.en
    assert result.complete is False
    assert "cn.orphan" in result.categories
    assert not [c for c in result.policies if c.startswith("4501")]
    assert {s.name: s.state for s in book.packs}["4501"] is PackState.QUARANTINED

    elsewhere, alone = book.assess(SISHUI, on=DAY), kinderguard.load(packs=[]).assess(SISHUI, on=DAY)
    assert elsewhere.complete
    assert not [p for p in elsewhere.problems if p.code.startswith("pack.")]
    assert (elsewhere.fingerprint, elsewhere.categories) == (alone.fingerprint, alone.categories)

    with pytest.raises(PackError, match="4501"):
        kinderguard.load(strict=True).assess(GUANGXI, on=DAY)
    assert kinderguard.load(strict=True).assess(SISHUI, on=DAY).complete


TOML = {
    "is no TOML": ("x = ", "p.toml"),
    "has a value for another place": ('["cn.dibao.monthly_standard"]\nvalues = [{place = "33", value = "1", source = "x", trust = "press"}]', "outside the jurisdiction"),
    "is below the national floor": ('["cn.orphan.scattered_monthly"]\nvalues = [{value = "599.99", source = "x", trust = "press"}]', "600"),
    "narrows the margin of dibao": ('["cn.dibao_marginal.multiple"]\nvalues = [{value = "5/4", source = "x", trust = "press"}]', "1.5"),
    "has a float": ('["cn.dibao.monthly_standard"]\nvalues = [{value = 600.5, source = "x", trust = "press"}]', "float"),
    "misspells a parameter": ('["cn.dibao.monthly_standart"]\nvalues = [{value = "600", source = "x", trust = "press"}]', "cn.dibao.monthly_standard"),
    "has no source": ('["cn.dibao.monthly_standard"]\nvalues = [{value = "600", trust = "press"}]', "source"),
    "overlaps": ('["cn.dibao.monthly_standard"]\nvalues = [{from = 2024-01-01, value = "6", source = "x", trust = "press"}, {from = 2025-01-01, value = "7", source = "x", trust = "press"}]', "cn.dibao.monthly_standard"),
}  # fmt: skip


@pytest.mark.parametrize("what", TOML)
def test_a_parameter_file_that_is_wrong_names_file_parameter_and_mend(problems_of, what):
    text, says = TOML[what]
    (problem,) = problems_of(pack(parameters='[Path(__file__).with_name("p.toml")]'), files={"p.toml": text})
    assert problem.code == "pack.rules_invalid"
    assert says in problem.message.en
    assert "p.toml" in problem.message.en


def test_every_fault_of_the_hooks_is_reported_at_once_and_nothing_was_called(problems_of, capsys):
    source = HOOK + (
        "@hookimpl\ndef kinderguard_pack(x):\n    print('called')\n"
        "@hookimpl\ndef kinderguard_ledger_colums():\n    print('called')\n"
        "@hookimpl\ndef kinderguard_documents(a, b):\n    print('called')\n"
    )
    found = problems_of(source)
    assert [p.code for p in found] == ["pack.hook_invalid"] * 3
    assert any("kinderguard_ledger_columns" in p.message.en for p in found)
    assert capsys.readouterr().out == ""


def test_two_distributions_with_one_name_are_both_named_and_neither_is_used(install):
    install("4501", distribution="kinderguard-first")
    install("4501", distribution="kinderguard-second")
    result = kinderguard.load().assess(GUANGXI, on=DAY)
    (problem,) = [p for p in result.problems if p.code == "pack.name_taken"]
    assert "kinderguard-first" in problem.message.en
    assert "kinderguard-second" in problem.message.en
    assert "4501.gift" not in result.policies
    with pytest.raises(PackError, match="kinderguard-second"):
        kinderguard.load(strict=True)


@pytest.mark.parametrize("name", ["guangxi", "4", "99", "4501-x"])
def test_an_entry_point_that_is_no_division_is_named(install, name):
    install(name)
    with pytest.warns(PackWarning, match=name):
        book = kinderguard.load()
    assert [p.code for p in book.problems if name in p.where] == ["pack.name_invalid"]
    assert book.assess(SISHUI, on=DAY).complete


def test_hundreds_of_installed_packs_cost_a_child_only_its_own(install):
    modules = [install(f"45{n:02d}") for n in range(1, 100)]
    book = kinderguard.load()
    book.assess(GUANGXI, on=DAY)
    assert [m for m in modules if m in sys.modules] == [modules[0]]


@pytest.mark.parametrize("fails", ["1 / 0", "__import__('sys').exit('stop')"])
def test_a_provider_that_fails_leaves_its_fact_unknown_and_says_so(install, fails):
    source = pack(
        facts='[r.DeclaredFact.yes_no("4501.warm", zh="暖", en="warm")]',
        providers='[r.FactProvider(r.DeclaredFact.yes_no("4501.warm", zh="暖", en="warm"), [child.birth_date], one=lambda f: '
        + f"{fails})]",
        policies='[r.Policy(code="4501.gift", title=Text("礼", "Gift"), eligible=household.has("4501.warm"), amount=r.yuan(5))]',
    )
    install("4501", source)
    result = kinderguard.load().assess(GUANGXI, on=DAY)
    assert result.policies["4501.gift"].eligible is None
    assert [p.code for p in result.problems if p.where == "4501.warm"] == ["provider.failed"]
    assert result.complete is False


AUTHORS = {
    "a code that is not there": (
        "from kinderguard.model.codes import SchoolStage\nX = SchoolStage.JUNIOR_HIGH\n",
        "（rules.py:2）：AttributeError: SchoolStage 没有成员 JUNIOR_HIGH。是否想写 'SENIOR_HIGH'或'JUNIOR_MIDDLE'？请修改该文件",
        "(rules.py:2): AttributeError: SchoolStage has no member JUNIOR_HIGH. Did you mean 'SENIOR_HIGH' or 'JUNIOR_MIDDLE'? Mend",
    ),
    "a code like none": (
        "from kinderguard.model.codes import Sex\nX = Sex.QQQ\n",
        "（rules.py:2）：AttributeError: Sex 没有成员 QQQ。可用：MALE、FEMALE。请修改该文件",
        "(rules.py:2): AttributeError: Sex has no member QQQ. There are MALE, FEMALE. Mend",
    ),
    "a value that a validator refuses": (
        "from kinderguard import Pack, Text\n\nX = Pack(\n    code='99', title=Text('某', 'x'), version='1', kinderguard='>=0.1')\n",
        "（rules.py:3）：", "(rules.py:3): ",
    ),
    "what the standard library refuses": (
        "import json\nX = json.loads('{')\n", "（rules.py:2）：JSONDecodeError", "(rules.py:2): JSONDecodeError",
    ),
    "what an installed package refuses": (
        "import attrs\nX = attrs.evolve(3)\n", "（rules.py:2）：", "(rules.py:2): ",
    ),
    "a misspelt fact": (
        "from kinderguard.rules import child\nX = child.agee\n", "state_guardianship。请修改该文件", "state_guardianship. Mend that file",
    ),
    "a question": (
        "raise ValueError(\"Did you mean 'x'?\")\n", "（rules.py:1）：ValueError: Did you mean 'x'？请修改", "'x'? Mend that file",
    ),
    "a float": (
        "from kinderguard import rules as r\n\n\nX = r.yuan(0.1)\n", "（rules.py:4）：FloatError", "(rules.py:4): FloatError",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ["import", "register", "installed"])
@pytest.mark.parametrize("what", AUTHORS)
def test_a_failure_names_the_authors_own_line_and_ends_each_sentence_once(install, monkeypatch, what, how):
    text, zh, en = AUTHORS[what]
    source = "from . import rules\n"
    if how == "register":
        source = HOOK + "@hookimpl\ndef kinderguard_pack():\n    from . import rules\n"
    if how == "installed":
        # As pip leaves it, beside the packages of others.
        monkeypatch.setattr("kinderguard.packs.failures._INSTALLED", {"site0", "site-packages"})
    module = install("4501", source, files={"rules.py": text})
    (problem,) = [p for p in kinderguard.load().assess(GUANGXI, on=DAY).problems if p.code.startswith("pack.")]
    assert problem.code == ("pack.registration_failed" if how == "register" else "pack.import_failed")
    assert zh in problem.message.zh
    assert en in problem.message.en
    for twice in (".。", "?。", "？。", "。。", "..", "?."):
        assert twice not in problem.message.zh + problem.message.en
    sys.modules.pop(f"{module}.rules", None)


@pytest.mark.parametrize(
    "entry", ["kg_test_misspelt", "kg_test_misspelt.rules", "kg_test_plugin_0.missing", "kg_test_plugin_0:missing"]
)
def test_an_entry_point_that_names_nothing_is_itself_named(install, entry):
    install("4501", entry=entry)
    (problem,) = [p for p in kinderguard.load().assess(GUANGXI, on=DAY).problems if p.code.startswith("pack.")]
    named = f'pyproject.toml [project.entry-points.kinderguard] 4501 = "{entry}"'
    assert problem.code == "pack.import_failed"
    assert f"（{named}）" in problem.message.zh
    assert f"({named})" in problem.message.en
    assert ".py" not in problem.message.zh + problem.message.en


def test_rules_that_do_not_stand_are_told_without_a_second_full_stop(problems_of):
    (problem,) = problems_of(BROKEN["names a category that is not there"][0])
    assert problem.code == "pack.rules_invalid"
    assert not {".。", "?。", "？。"} & {problem.message.zh[i : i + 2] for i in range(len(problem.message.zh))}


def test_a_provider_that_fails_names_its_line_and_nothing_that_it_was_given(install):
    warm = 'r.DeclaredFact.yes_no("4501.warm", zh="暖", en="warm")'
    source = pack(
        facts=f"[{warm}]",
        providers=f"[r.FactProvider({warm}, [child.birth_date], one=far.far)]",
        policies='[r.Policy(code="4501.gift", title=Text("礼", "Gift"), eligible=household.has("4501.warm"), amount=r.yuan(5))]',
    )
    far = "import json\n\n\ndef far(facts):\n    return json.loads({}[str(facts['child.birth_date'])])\n"
    module = install("4501", "from . import far\n" + source, files={"far.py": far})
    (problem,) = [p for p in kinderguard.load().assess(GUANGXI, on=DAY).problems if p.code == "provider.failed"]
    sys.modules.pop(f"{module}.far", None)
    assert problem.message.zh == "未能取得“暖”（KeyError，far.py:5），按未知处理；请修改该处，或直接填写此项"
    assert "(KeyError, far.py:5); taken as unknown" in problem.message.en
    assert "2015" not in repr(problem)


def test_an_observer_sees_the_result_and_one_that_fails_changes_nothing(install):
    seen = pack() + (
        "SEEN = []\ndef broken(result):\n    raise ValueError(repr(result.case.child.name))\n"
        "def ends(result):\n    raise SystemExit(1)\n"
        "@hookimpl\ndef kinderguard_observers():\n    return [ends, SEEN.append, broken]\n"
    )
    module = install("4501", seen)
    case = Case.from_facts({"division_code": "450102", "child.birth_date": "2015-01-01", "child.name": "秘密姓名"})
    result = kinderguard.load().assess(case, on=DAY)
    assert [result] == sys.modules[module].SEEN
    ended, problem = [p for p in result.problems if p.code == "observer.failed"]
    assert "ends failed (SystemExit)" in ended.message.en
    assert "broken" in problem.message.en
    assert "秘密姓名" not in problem.message.zh + problem.message.en


LISHUI = Case.from_facts({"division_code": "450301", "child.birth_date": "2015-01-01"})
MEANT = pack(code='"4503"')


def test_a_pack_whose_name_is_not_its_code_leaves_the_children_of_both_incomplete(install):
    module = install("4502", MEANT)
    book = kinderguard.load()
    assert book.assess(SISHUI, on=DAY).complete
    for place in ("450201", "450301"):
        result = book.assess(LISHUI, on=DAY, division=place)
        (problem,) = [p for p in result.problems if p.code.startswith("pack.")]
        assert (problem.code, problem.where) == ("pack.code_differs", "4502 (kinderguard-test-0 1.0)")
        assert not result.complete
    assert PolicyBook.from_json(book.to_json()).assess(LISHUI, on=DAY).problems == result.problems
    assert module in sys.modules


def test_a_pack_whose_name_is_no_division_is_told_to_its_own_children_and_when_loaded(install):
    install("guangxi", MEANT)
    with pytest.warns(PackWarning, match='write "4503"'):
        book = kinderguard.load()
    result = book.assess(LISHUI, on=DAY)
    assert ([p.code for p in result.problems if p.code.startswith("pack.")], result.complete) == (
        ["pack.name_invalid"],
        False,
    )
    assert {s.name: s.state for s in book.packs}["guangxi"] is PackState.QUARANTINED
    assert PolicyBook.from_json(book.to_json()).assess(LISHUI, on=DAY).complete is False


def test_a_misspelt_group_is_told_with_its_distribution_and_makes_its_division_incomplete(install, tmp_path):
    install("4503", MEANT)
    points = next(tmp_path.glob("site0/*.dist-info/entry_points.txt"))
    points.write_text("[kinderguards]\n4503 = kg_test_plugin_0\n", "utf-8")
    with pytest.warns(PackWarning, match=r"4503 \(kinderguard-test-0 1.0\)[^!]*kinderguards"):
        book = kinderguard.load()
    assert book.assess(LISHUI, on=DAY).complete is False
    assert book.assess(SISHUI, on=DAY).complete
    with pytest.raises(PackError, match="kinderguards"):
        kinderguard.load(strict=True)


def test_what_a_pack_prints_while_it_loads_does_not_stand_among_results(install, capsys):
    install("4501", "print('hello')\n" + pack())
    kinderguard.load().assess(GUANGXI, on=DAY)
    assert capsys.readouterr() == ("", "hello\n")


#: A pack with a choice of its own, which a policy rests on, and a provider of it.
CHOICE = """
from kinderguard import Pack, Text, hookimpl
from kinderguard import rules as r
from kinderguard.model.codes import Code
from kinderguard.rules import child

class {list}(Code):
    COAL = "coal", "煤炉", "coal stove"
    GAS = "gas", "燃气", "gas"

STOVE = r.DeclaredFact.choice("4501.stove", {list}, zh="炉灶", en="stove")

def ask(facts):
    return {answer}

@hookimpl
def kinderguard_pack():
    return Pack(
        code="4501", title=Text("某地", "Somewhere"), version="1.0", kinderguard=">=0.1,<0.2", facts=[STOVE],
        providers=[r.FactProvider(STOVE, [child.birth_date], one=ask)],
        policies=[r.Policy(code="4501.gift", title=Text("礼", "Gift"), eligible=STOVE.expr == {list}.COAL, amount=r.yuan(5))],
    )
"""


def choosing(answer, name):
    """The source, with what the provider gives; lists of codes have a name of their own in each process."""
    return CHOICE.replace("{answer}", answer).replace("{list}", name)


def test_a_code_that_a_packs_list_does_not_have_is_told_with_the_list_and_the_nearest(install):
    install("4501", choosing("None", "StoveA"))
    facts = {"division_code": "450102", "child.birth_date": "2015-01-01"}
    book = kinderguard.load()
    (problem,) = [
        p
        for p in book.assess(Case.from_facts(facts | {"4501.stove": "coall"}), on=DAY).problems
        if p.where == "4501.stove"
    ]
    assert problem.code == "fact.not_valid"
    assert (
        problem.message.en
        == "‘stove’ is taken as unknown: 'coall' is none of its codes: coal, gas. Did you mean 'coal'?"
    )
    assert problem.message.zh == "“炉灶”按未知处理：'coall'不在代码表中，可用：coal、gas；是否想写 'coal'？"
    (hidden,) = [
        p
        for p in book.assess(Case.from_facts(facts | {"4501.stove": "张三的炉子"}), on=DAY).problems
        if p.where == "4501.stove"
    ]
    assert "张三" not in hidden.message.zh + hidden.message.en


def test_a_provider_that_gives_no_such_code_leaves_the_result_incomplete_and_is_named(install):
    install("4501", choosing("'coall'", "StoveB"))
    result = kinderguard.load().assess(GUANGXI, on=DAY)
    (problem,) = [p for p in result.problems if p.where == "4501.stove"]
    assert (problem.code, problem.where, result.complete) == ("provider.failed", "4501.stove", False)
    assert "(__init__.py:13)" in problem.message.en
    assert "'coall' is none of its codes: coal, gas. Did you mean 'coal'? Mend" in problem.message.en
    assert result.policies["4501.gift"].eligible is None
