"""One good pack as files, and small changes of it that each go against one check of the conformance suite."""

import attrs

GOOD = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling>=1.25"]
build-backend = "hatchling.build"

[project]
name = "kinderguard-good"
version = "0.1.0"
dependencies = ["kinderguard>=0.1,<0.2"]

[project.entry-points.kinderguard]
450199 = "kg_good_pack"
""",
    "src/kg_good_pack/__init__.py": """
\"\"\"A good pack of a county that does not exist.\"\"\"

from fractions import Fraction
from pathlib import Path

from kinderguard import Pack, Text, hookimpl
from kinderguard import rules as r
from kinderguard.model.codes import Department
from kinderguard.national import DIBAO
from kinderguard.packs import LedgerColumn, NeedDomain, NeedRule, Qualification, Service, SourceProfile, Urgency
from kinderguard.rules import child, param

DECREE = r.Cite("某县办法（虚构）", article="三", trust="illustrative", checked_on="2025-09-01")

STOVE = r.DeclaredFact.yes_no("450199.stove", zh="使用炉灶取暖", en="heats with a stove")
ROOMS = r.DeclaredFact.number("450199.rooms", zh="房间数", en="rooms")
STOVE_CARD = r.OwnDocument("450199.stove_card", Text("炉灶登记卡", "stove card"))

STOVE_PROVIDER = r.FactProvider(
    fact=STOVE,
    needs=[child.residence.division],
    one=lambda facts: look_up(facts["child.residence.division"]),
    many=lambda rows: [look_up(facts["child.residence.division"]) for facts in rows],
)


def look_up(division):
    return {"450199001": True, "450199002": False}.get(division or "")


PUPIL = r.Category(
    code="450199.pupil",
    title=Text("学龄儿童", "Child of school age"),
    when=(child.age < 16).named("young", zh="未满16周岁", en="is under 16"),
    cites=[DECREE],
    effective=r.Period("2024-11-01", None),
)

GRANT = r.Policy(
    code="450199.grant",
    title=Text("取暖补助", "Heating grant"),
    eligible=child.is_in(PUPIL) & child.is_in(DIBAO) & STOVE.expr,
    amount=param("450199.grant.amount"),
    every=r.YEAR,
    evidence=[r.Document.HUKOU_BOOK, STOVE_CARD],
    cites=[DECREE],
    effective=r.Period("2024-11-01", None),
)

SOOT = NeedRule(
    "450199.need.soot",
    NeedDomain.SAFETY,
    Text("炉灶安全检查", "A look at the stove"),
    child.is_in(PUPIL) & (child.age < 6).named("small", zh="年幼", en="is small") & STOVE.expr,
    Urgency.SOON,
    Text("炉灶可能泄漏", "Stoves may leak"),
    services=[Service.GUARDIAN_VISIT],
    qualifications=[Qualification.TRAINED_VOLUNTEER],
    ours=True,
)

STREET_LIST = SourceProfile(
    "450199.street_list",
    Text("街道名单", "The street's list"),
    Department.CIVIL_AFFAIRS,
    spellings={"娃娃姓名": "儿童姓名"},
    columns=[LedgerColumn("用不用炉灶", fact=STOVE)],
    answers=["child.residence", "450199.stove"],
)

PACK = Pack(
    code="450199",
    title=Text("某县（虚构）", "Some county (fictitious)"),
    version="0.1.0",
    kinderguard=">=0.1,<0.2",
    categories=[PUPIL],
    policies=[GRANT],
    facts=[STOVE, ROOMS],
    providers=[STOVE_PROVIDER],
    parameters=[Path(__file__).with_name("parameters.toml")],
)


@hookimpl
def kinderguard_pack():
    return PACK


@hookimpl
def kinderguard_documents():
    return [STOVE_CARD]


@hookimpl
def kinderguard_ledger_columns():
    return [LedgerColumn("炉灶", fact=STOVE)]


@hookimpl
def kinderguard_needs():
    return [SOOT]


@hookimpl
def kinderguard_source_profiles():
    return [STREET_LIST]
""",
    "src/kg_good_pack/parameters.toml": """
["450199.grant.amount"]
title = { zh = "取暖补助标准", en = "heating grant" }
kind = "money"
values = [
    { from = 2024-11-01, until = 2025-06-30, value = "500.00", source = "某县办法（虚构）", trust = "illustrative" },
    { from = 2025-07-01, value = "600.00", source = "某县办法（虚构）", trust = "illustrative" },
]

["cn.dibao.monthly_standard"]
values = [{ from = 2025-07-01, value = "900.00", source = "某县标准（虚构）", trust = "illustrative" }]

["cn.orphan.scattered_monthly"]
values = [{ from = 2025-07-01, value = "1500.00", source = "某县标准（虚构）", trust = "illustrative" }]
""",
    "cases/pupil.toml": """
title = "取暖补助"
on = 2025-09-01
division = "450199"

[[case]]
title = "未满16周岁"
variants = [
    { title = "前一天", facts = { "child.birth_date" = "2009-09-02" }, expect = { "450199.pupil" = true } },
    { title = "生日当天", facts = { "child.birth_date" = "2009-09-01" }, expect = { "450199.pupil" = false } },
]
""",
}

GRANT_VALUES = """values = [
    { from = 2024-11-01, until = 2025-06-30, value = "500.00", source = "某县办法（虚构）", trust = "illustrative" },
    { from = 2025-07-01, value = "600.00", source = "某县办法（虚构）", trust = "illustrative" },
]
"""
INIT = "src/kg_good_pack/__init__.py"
PARAMETERS = "src/kg_good_pack/parameters.toml"
PROJECT = "pyproject.toml"
CASES = "cases/pupil.toml"


@attrs.frozen
class Bad:
    """A change of the good pack: text by text in one file; what fails then, and words of the finding."""

    check_id: str
    what: str
    file: str
    old: str
    new: str
    says: str
    #: The line of the finding holds this text; empty where the place is a file or none.
    line: str = ""
    #: Only this check is run: one that has to do with generated children, or takes long.
    alone: bool = False

    def files(self):
        """The pack's files with the change."""
        assert self.old in GOOD[self.file], self.what
        return GOOD | {self.file: GOOD[self.file].replace(self.old, self.new, 1)}


_END = "@hookimpl\ndef kinderguard_pack():"
BAD = (
    Bad("loads", "the module raises", INIT, "DECREE = ", "raise RuntimeError('no')\nDECREE = ", "RuntimeError", "raise"),
    Bad("loads", "two codes of one value", INIT, "DECREE = ", "from kinderguard.model.codes import Code\n\n\nclass Fuel(Code):\n    COAL = 'coal', '煤', 'coal'\n    GAS = 'coal', '燃气', 'gas'\n\n\nDECREE = ", "Fuel.COAL and Fuel.GAS both have the value 'coal'", "class Fuel"),
    Bad("loads", "a hook is misspelt", INIT, "def kinderguard_documents", "def kinderguard_document", "kinderguard_document"),
    Bad("loads", "a hook without its mark", INIT, "@hookimpl\ndef kinderguard_documents", "def kinderguard_documents", "put @hookimpl", "def kinderguard_documents"),
    Bad("loads", "the pack's hook without its mark", INIT, "@hookimpl\ndef kinderguard_pack", "def kinderguard_pack", "缺少 @hookimpl", "def kinderguard_pack"),
    Bad("loads", "categories in a circle", INIT, "when=(child.age < 16)", 'when=child.is_in("450199.pupil") & (child.age < 16)', "circle"),
    Bad("titles", "a policy without a title", INIT, '    title=Text("取暖补助", "Heating grant"),\n', "", "Policy 450199.grant lacks title: write title=r.Text(zh='…', en='…')", "Policy("),
    Bad("titles", "a category without a title", INIT, '    title=Text("学龄儿童", "Child of school age"),\n', "", "Category 450199.pupil 缺少 title；请补上", "Category("),
    Bad("titles", "a fact without its Chinese", INIT, 'zh="使用炉灶取暖", ', "", "450199.stove lacks zh: write zh='…'", "450199.stove"),
    Bad("loads", "a policy without a code", INIT, '    code="450199.grant",\n', "", "Policy GRANT lacks code: write code=", "Policy("),
    Bad("loads", "a policy without a condition", INIT, "    eligible=child.is_in(PUPIL) & child.is_in(DIBAO) & STOVE.expr,\n", "", "Policy 450199.grant lacks eligible: write eligible=", "Policy("),
    Bad("loads", "a policy without an amount", INIT, '    amount=param("450199.grant.amount"),\n', "", "450199.grant: a policy has either an amount or a service. Write one", "Policy("),
    Bad("loads", "a misspelt argument", INIT, "    every=r.YEAR,", "    evry=r.YEAR,", "Policy 450199.grant has no argument 'evry'. Did you mean 'every'?", "Policy("),
    Bad("loads", "an argument twice", INIT, 'Policy(\n    code="450199.grant"', 'Policy(\n    "450199.grant",\n    code="450199.grant"', "Policy 450199.grant is given code twice", "Policy("),
    Bad("loads", "too many arguments", INIT, 'r.Period("2024-11-01", None)', 'r.Period("2024-11-01", None, 3)', "by their names (start, end)", "None, 3"),
    Bad("loads", "a document without a name", INIT, 'r.Cite("某县办法（虚构）", article="三", trust="illustrative", checked_on="2025-09-01")', "r.Cite()", "Cite DECREE lacks document", "r.Cite()"),
    Bad("loads", "a name that the language has", INIT, "every=r.YEAR", "every=YEAR", "Write from kinderguard.rules import YEAR first", "every=YEAR"),
    Bad("loads", "a name that is defined below", INIT, "DECREE = ", "AGAIN = [DECREE]\nDECREE = ", "defined only on line 14; move it above", "AGAIN ="),
    Bad("loads", "a misspelt name", INIT, "child.is_in(PUPIL) & child", "child.is_in(PUPILL) & child", "Did you mean 'PUPIL'?", "PUPILL"),
    Bad("loads", "a name that the language lacks", INIT, "every=r.YEAR", "every=r.YEARS", "kinderguard.rules has no YEARS. Did you mean 'YEAR'", "r.YEARS"),
    Bad("loads", "a distribution that is not installed", INIT, "from pathlib", "import no_such_thing\nfrom pathlib", "nothing that is installed brings no_such_thing. Install what brings it (pip install), and list it under dependencies", "no_such_thing"),
    Bad("loads", "a misspelt module of Python's own", INIT, "from fractions", "from fraction", "Did you mean 'fractions'?", "from fraction "),
    Bad("loads", "a name that a module lacks", INIT, "import DIBAO", "import DIBAOO", "kinderguard.national has no DIBAOO. Did you mean 'DIBAO'?", "DIBAOO"),
    Bad("loads", "a module of its own that is not there", INIT, "from pathlib", "from .amounts import GRANT\nfrom pathlib", "kg_good_pack has no module amounts. Correct the name, or write amounts.py", "from .amounts"),
    Bad("loads", "a circular import", INIT, "from pathlib", "from kg_good_pack import GRANT\nfrom pathlib", "kg_good_pack is not loaded yet where GRANT of it is asked for", "import GRANT"),
    Bad("loads", "a Chinese comma", INIT, "    every=r.YEAR,", "    every=r.YEAR，", "in their ASCII form", "YEAR，"),
    Bad("loads", "a comma left out", INIT, "    every=r.YEAR,", "    every=r.YEAR", "多半少了逗号", "every=r.YEAR"),
    Bad("loads", "a bracket left open", INIT, "STOVE_CARD = r.OwnDocument(", "STOVE_CARD = (r.OwnDocument(", "never closed", "STOVE_CARD"),
    Bad("loads", "a parameter's code without quotation marks", PARAMETERS, '["cn.dibao.monthly_standard"]', "[cn.dibao.monthly_standard]", 'write ["cn.dibao.monthly_standard"]', "[cn.dibao"),
    Bad("loads", "a national parameter with a value of another kind", PARAMETERS, '"900.00"', '"nine hundred"', "(parameters.toml:10): parameters.toml, cn.dibao.monthly_standard, value 1: 'nine hundred' is not money", "nine hundred"),
    Bad("loads", "a file that is not there", INIT, 'with_name("parameters.toml")', 'with_name("numbers.toml")', "numbers.toml: there is no such file. Correct its name", "numbers.toml"),
    Bad("facts_exist", "a national parameter misspelt", PARAMETERS, "cn.dibao.monthly_standard", "cn.dibao.monthly_standart", "Did you mean 'cn.dibao.monthly_standard'?", "monthly_standart"),
    Bad("loads", "a Chinese comma in TOML", PARAMETERS, 'value = "900.00", source', 'value = "900.00"， source', "有全角符号“，”", "，"),
    Bad("loads", "a day that no calendar has", PARAMETERS, "from = 2025-07-01, value = \"900.00\"", "from = 2025-13-01, value = \"900.00\"", "no such day", "2025-13-01"),
    Bad("loads", "the name of a file misspelt", INIT, 'with_name("parameters.toml")', 'with_name("paramters.toml")', "Did you mean 'parameters.toml'?", "paramters.toml"),
    Bad("loads", "the title of somebody else's parameter", PARAMETERS, '["cn.dibao.monthly_standard"]', '["cn.dibao.monthly_standard"]\ntitle = { zh = "低保标准", en = "dibao" }', "another pack declares cn.dibao.monthly_standard", "title"),
    Bad("loads", "a period from no day", INIT, 'r.Period("2024-11-01", None)', 'r.Period("2024-13-01", None)', "'2024-13-01': there is no such day", "2024-13-01"),
    Bad("loads", "a declared fact without its expression", INIT, "child.is_in(DIBAO) & STOVE.expr", "child.is_in(DIBAO) & STOVE", "the declared fact 450199.stove itself (rules read NAME.expr). Write its expression", "STOVE,"),
    Bad("facts_exist", "a child in a policy", INIT, "child.is_in(DIBAO)", "child.is_in(__import__('kinderguard.national').national.DIBAO_BENEFIT)", "cn.dibao_benefit is a policy, not a category", "DIBAO_BENEFIT"),
    Bad("facts_exist", "a child in a policy by its code", INIT, "child.is_in(DIBAO)", "child.is_in('cn.dibao_benefit')", "cn.dibao_benefit"),
    Bad("loads", "a check with the code of a policy", INIT, "policies=[GRANT]", "policies=[GRANT], checks=[r.Check(code='450199.grant', on='450199.grant', reason=Text('放宽', 'wider'), widens=child.age < 3, cites=[DECREE], effective=r.Period('2024-11-01', None))]", "a Check has the code of the policy 450199.grant", "450199.grant"),
    Bad("loads", "a category with the name of a policy's result", INIT, 'code="450199.pupil"', 'code="450199.grant.eligible"', "the category 450199.grant.eligible has the name of this policy or of one of its results", "450199.grant"),
    Bad("loads", "a policy that excludes itself", INIT, "    every=r.YEAR,", "    every=r.YEAR,\n    stacking=[r.excludes('450199.grant')],", "names the policy itself", "450199.grant"),
    Bad("facts_exist", "a policy of a pack that is not installed", INIT, "    every=r.YEAR,", "    every=r.YEAR,\n    stacking=[r.excludes('45.grant')],", "install the pack 45"),
    Bad("jurisdiction", "a Pack of another place than its rules", INIT, 'code="450199",', 'code="450198",', "Write Pack(code='450199')", "Pack("),
    Bad("rules_listed", "a policy that nobody lists", INIT, "policies=[GRANT],", "", "450199.grant (GRANT) is defined, but Pack(policies=…) does not list it", "450199.grant"),
    Bad("ledger_columns", "a standard header", INIT, 'LedgerColumn("炉灶", fact=STOVE)', 'LedgerColumn("家庭人口", fact=STOVE)', "家庭人口 is a standard header (household.size)", "家庭人口"),
    Bad("ledger_columns", "two facts in one column", INIT, 'return [LedgerColumn("炉灶", fact=STOVE)]', 'return [LedgerColumn("炉灶", fact=STOVE), LedgerColumn("房间", fact=ROOMS, also=["炉灶"])]', "fills 450199.stove and 450199.rooms too", "房间"),
    Bad("need_titles", "no reason", INIT, '    Text("炉灶可能泄漏", "Stoves may leak"),\n', "", "NeedRule 450199.need.soot lacks reason", "NeedRule("),
    Bad("loads", "a declared fact compared without its expression", INIT, "STOVE.expr,\n    amount", "(ROOMS >= 2),\n    amount", "rules read NAME.expr", "ROOMS >= 2"),
    Bad("citations", "read on a day to come", INIT, 'checked_on="2025-09-01"', 'checked_on="2066-09-01"', "checked_on is 2066-09-01, a day to come", "DECREE = "),
    Bad("citations", "read, and on no day", INIT, 'trust="illustrative", checked_on="2025-09-01"', 'trust="statute"', "checked_on is not given"),
    Bad("parameter_sources", "read on a day to come", PARAMETERS, 'source = "某县标准（虚构）", trust = "illustrative"', 'source = "某县标准（虚构）", trust = "illustrative", checked_on = 2066-01-01', "checked_on is 2066-01-01, a day to come", "2066"),
    Bad("frequency", "no period of payment", INIT, "    every=r.YEAR,\n", "", "450199.grant does not say every, so that it is paid once", "GRANT = r.Policy("),
    Bad("parameter_gaps", "no value", PARAMETERS, GRANT_VALUES, "values = []\n", "450199.grant.amount, which has no value at all", '["450199.grant.amount"]'),
    Bad("metadata", "two versions", INIT, 'version="0.1.0"', 'version="0.2.0"', "0.2.0"),
    Bad("metadata", "no version", INIT, 'version="0.1.0"', 'version="first"', "no version", "first"),
    Bad("metadata", "another code than the entry point", PROJECT, "450199 =", "450198 =", "450198"),
    Bad("version_range", "no upper end", INIT, 'kinderguard=">=0.1,<0.2"', 'kinderguard=">=0.1"', "no upper end", ">=0.1"),
    Bad("version_range", "another range as a dependency", PROJECT, "kinderguard>=0.1,<0.2", "kinderguard>=0.1,<0.3", "0.3", "dependencies"),
    Bad("version_range", "made for a later version", INIT, 'kinderguard=">=0.1,<0.2"', 'kinderguard=">=7,<8"', "works with kinderguard"),
    Bad("version_range", "no range", INIT, 'kinderguard=">=0.1,<0.2"', 'kinderguard="any"', "cannot be read"),
    Bad("placeholders", "a marked title", INIT, '"取暖补助"', '"待填：名称"', "待填", "待填"),
    Bad("placeholders", "a marked source", PARAMETERS, 'source = "某县标准（虚构）"', 'source = "待填：文件名称"', "待填", "待填"),
    Bad("placeholders", "a marked decree", INIT, '"某县办法（虚构）"', '"TO FILL IN 待填"', "TO FILL IN", "TO FILL IN"),
    Bad("import_side_effects", "writes a file", INIT, "DECREE = ", "Path('left_behind.txt').write_text('x')\nDECREE = ", "writes or changes a file", "left_behind"),
    Bad("import_side_effects", "uses the network", INIT, "DECREE = ", "import socket, contextlib\nwith contextlib.suppress(OSError):\n    socket.create_connection(('127.0.0.1', 9))\nDECREE = ", "network", "create_connection"),
    Bad("import_side_effects", "prints", INIT, "DECREE = ", "print('hello')\nDECREE = ", "prints: hello", "print("),
    Bad("import_side_effects", "changes the environment", INIT, "DECREE = ", "import os\nos.environ['KG_BAD'] = '1'\nDECREE = ", "environment", "KG_BAD"),
    Bad("import_side_effects", "starts a thread", INIT, "DECREE = ", "import threading, time\nthreading.Thread(target=time.sleep, args=(1,), daemon=True).start()\nDECREE = ", "thread"),
    Bad("import_side_effects", "runs something at exit", INIT, "DECREE = ", "import atexit\natexit.register(len, ())\nDECREE = ", "at exit", "atexit.register"),
    Bad("import_side_effects", "filters warnings", INIT, "DECREE = ", "import warnings\nwarnings.simplefilter('ignore', UserWarning)\nDECREE = ", "filters of warnings"),
    Bad("titles", "English in Chinese", INIT, '"Heating grant"', '"取暖补助"', "has no English", "450199.grant"),
    Bad("titles", "no Chinese", INIT, '"炉灶登记卡"', '"stove card"', "has no Chinese", "450199.stove_card"),
    Bad("titles", "a parameter without a title", PARAMETERS, 'title = { zh = "取暖补助标准", en = "heating grant" }\n', "", "no text in both", "450199.grant.amount"),
    Bad("titles_differ", "the nation's category", INIT, 'title=Text("学龄儿童", "Child of school age")', 'title=Text("孤儿", "Child of school age")', "450199.pupil has the title of cn.orphan: 孤儿", "450199.pupil"),
    Bad("titles_differ", "its own category, in English", INIT, 'title=Text("取暖补助", "Heating grant")', 'title=Text("取暖补助", "child of School age")', "450199.pupil has the title of 450199.grant", "450199.pupil"),
    Bad("citations", "no source", INIT, "    every=r.YEAR,\n    evidence=[r.Document.HUKOU_BOOK, STOVE_CARD],\n    cites=[DECREE],", "    every=r.YEAR,\n    evidence=[r.Document.HUKOU_BOOK, STOVE_CARD],", "cites nothing", "450199.grant"),
    Bad("effective_dates", "no day anywhere", INIT, "    cites=[DECREE],\n    effective=r.Period(\"2024-11-01\", None),\n)\n\nGRANT", "    cites=[r.Cite('某县办法')],\n)\n\nGRANT", "no day from which", "450199.pupil"),
    Bad("evidence", "no papers", INIT, "evidence=[r.Document.HUKOU_BOOK, STOVE_CARD]", "evidence=[]", "lists no papers", "450199.grant"),
    Bad("evidence", "a paper nobody registers", INIT, "return [STOVE_CARD]", "return []", "not registered", "450199.stove_card"),
    Bad("facts_exist", "a fact nobody declares", INIT, "STOVE.expr,", "~r.household.has('450199.stoves'),", "450199.stoves", "450199.stoves"),
    Bad("facts_exist", "a fact the model lacks", INIT, "child.age < 16", "child.agee < 16", "agee", "agee"),
    Bad("facts_exist", "a parameter nobody declares", INIT, 'param("450199.grant.amount")', 'param("450199.grant.amounts")', "450199.grant.amounts", "amounts"),
    Bad("facts_exist", "a category nobody defines", INIT, "child.is_in(DIBAO)", "child.is_in('cn.dibaoo')", "cn.dibaoo", "cn.dibaoo"),
    Bad("facts_exist", "a part nobody defines", INIT, "    when=(child.age", "    parts=['cn.dibaoo'],\n    when=(child.age", "cn.dibaoo", "cn.dibaoo"),
    Bad("facts_exist", "apart from what nobody defines", INIT, "    when=(child.age", "    apart_from=['cn.orphann'],\n    when=(child.age", "cn.orphann", "cn.orphann"),
    Bad("jurisdiction", "another county's code", INIT, 'code="450199.grant"', 'code="450198.grant"', "only for its own jurisdiction"),
    Bad("jurisdiction", "another county's value", PARAMETERS, '["cn.dibao.monthly_standard"]\nvalues = [{ from', '["cn.dibao.monthly_standard"]\nvalues = [{ place = "450198", from', "outside the jurisdiction"),
    Bad("jurisdiction", "another county's paper", INIT, '"450199.stove_card"', '"450198.stove_card"', "another pack", "450198.stove_card"),
    Bad("wording", "a step in one language", INIT, 'zh="未满16周岁", en="is under 16"', 'zh="未满16周岁", en="未满16周岁"', "young", "450199.pupil"),
    Bad("wording", "a note in one language", INIT, "    when=(child.age", "    note='学龄',\n    when=(child.age", "note", "450199.pupil", alone=True),
    Bad("parameter_sources", "an empty source", PARAMETERS, 'value = "900.00", source = "某县标准（虚构）"', 'value = "900.00", source = ""', "has no source", "900.00"),
    Bad("parameter_sources", "no source", PARAMETERS, 'value = "900.00", source = "某县标准（虚构）"', 'value = "900.00"', "states its source"),
    Bad("parameter_sources", "a number of nothing", PARAMETERS, '["cn.dibao', '["450199.visits"]\ntitle = { zh = "走访次数", en = "visits" }\nkind = "number"\nvalues = [{ from = 2024-11-01, value = 2, source = "某县办法", trust = "illustrative" }]\n\n["cn.dibao', "without a unit", 'kind = "number"'),
    Bad("parameter_dates", "no date", PARAMETERS, "from = 2025-07-01, value = \"900.00\"", "value = \"900.00\"", "has no date", "900.00"),
    Bad("parameter_gaps", "a gap", PARAMETERS, "until = 2025-06-30", "until = 2025-05-31", "no value from 2025-06-01 to 2025-06-30"),
    Bad("parameter_gaps", "an overlap", PARAMETERS, "until = 2025-06-30", "until = 2025-07-31", "two values", "until = 2025-07-31"),
    Bad("parameter_gaps", "later than its rule", PARAMETERS, "from = 2024-11-01", "from = 2024-12-01", "from 2024-11-01 to 2024-11-30", "450199.grant.amount"),
    Bad("loads", "money in months", PARAMETERS, 'kind = "money"', 'kind = "money"\nunit = "months"', "money is in yuan", "unit ="),
    Bad("top_ups", "a top-up that counts a top-up", INIT, "    every=r.YEAR,", "    every=r.MONTH,\n    stacking=[r.tops_up(counting=['cn.unattended_allowance'])],", "less by: dibao drawn for the child", "450199.grant"),
    Bad("exact_money", "a float in TOML", PARAMETERS, 'value = "900.00"', "value = 900.5", "900.5", "900.5"),
    Bad("exact_money", "a float in a rule", INIT, 'amount=param("450199.grant.amount")', "amount=r.yuan(600.5)", "600.5", "600.5"),
    Bad("exact_money", "a share by division", INIT, 'amount=param("450199.grant.amount")', 'amount=(param("450199.grant.amount") * Fraction(1 / 3)).rounded(to="1", rounding=r.DOWN)', "1 / 3", "1 / 3"),
    Bad("exact_money", "an amount between two fen", INIT, 'amount=param("450199.grant.amount")', 'amount=param("450199.grant.amount") * r.ratio(1, 3)', "between two fen"),
    Bad("floor", "less than the nation gives", PARAMETERS, '"1500.00"', '"500.00"', "below the national floor", '"500.00"'),
    Bad("never_applies", "two ages at once", INIT, "child.is_in(DIBAO) & STOVE.expr", "(child.age > 18) & STOVE.expr", "", "450199.grant", alone=True),
    Bad("always_applies", "nobody is left out", INIT, "when=(child.age < 16)", "when=((child.age < 16) | (child.age >= 16))", "", "450199.pupil", alone=True),
    Bad("overlaps", "two that are declared apart", INIT, "    when=(child.age", "    apart_from=[DIBAO],\n    when=(child.age", "a child is in both", "450199.pupil", alone=True),
    Bad("gaps", "parts that leave a gap", INIT, "    when=(child.age", "    parts=[DIBAO, 'cn.orphan'],\n    when=(child.age", "is in none of", "450199.pupil", alone=True),
    Bad("worse_with_paper", "the known is worse than the unknown", INIT, "child.is_in(DIBAO) & STOVE.expr", "~STOVE.expr.is_known()", "", "450199.grant", alone=True),
    Bad("deterministic", "a rule by the order of a set", INIT, "child.age < 16", "child.age < {'14': 14, '15': 15, '16': 16, '17': 17, '18': 18}[next(iter({'14', '15', '16', '17', '18'}))]", "fingerprints differ", alone=True),
    Bad("deterministic", "a limit by the year", INIT, "    when=(child.age < 16)", "    when=(child.age < (16 if __import__('datetime').date.today().year < 2030 else 18))", "with the clock at another time, 450199.pupil is read otherwise", "date.today()", alone=True),
    Bad("deterministic", "a limit by the hour", INIT, "    when=(child.age < 16)", "    when=(child.age < (16 + __import__('time').localtime().tm_hour))", "with the clock at another time, 450199.pupil is read otherwise", "localtime()", alone=True),
    Bad("deterministic", "a provider that remembers", INIT, "    return {\"450199001\": True, \"450199002\": False}.get(division or \"\")", "    SEEN.append(division)\n    return len(SEEN) % 2 == 0\n\n\nSEEN = []", "assessed twice", alone=True),
    Bad("json_round_trip", "a field of a wrong kind", INIT, "    every=r.YEAR,", "    every=r.YEAR,\n    review='12',", "review", alone=True),
    Bad("engines_agree", "a provider that answers otherwise for many", INIT, "many=lambda rows: [look_up(facts[\"child.residence.division\"]) for facts in rows]", "many=lambda rows: [True for _ in rows]", "450199.grant", "450199.grant", alone=True),
    Bad("missing_facts_matter", "a fact that cannot matter", INIT, "eligible=child.is_in(PUPIL)", "eligible=(child.adopted | ~child.adopted) & child.is_in(PUPIL)", "child.adopted", "450199.grant", alone=True),
    Bad("callbacks_run", "an observer that raises", INIT, _END, "@hookimpl\ndef kinderguard_observers():\n    return [watch]\n\n\ndef watch(result):\n    raise ValueError('no')\n\n\n" + _END, "the observer watch raises ValueError", "raise ValueError", alone=True),
    Bad("callbacks_run", "a provider that takes a fact for known", INIT, 'False}.get(division or "")', 'False}[division]', "one of the provider of 450199.stove raises KeyError", "False}[division]", alone=True),
    Bad("callbacks_run", "a provider that cannot do many at once", INIT, "many=lambda rows: [", "many=lambda rows: [None + 1] + [", "many of the provider of 450199.stove raises TypeError", "None + 1", alone=True),
    Bad("callbacks_run", "a provider that answers in words", INIT, 'False}.get(division or "")', "False}.get(division or '', 'none')", "the provider of 450199.stove gives what does not fit", "450199.stove", alone=True),
    Bad("refused_by_blank", "a blank cell taken for no", INIT, "child.is_in(DIBAO) & STOVE.expr", "child.is_in(DIBAO) & r.known(STOVE.expr) & STOVE.expr", '450199.grant takes a blank ‘heats with a stove [450199.stove]’ for "no"', "450199.grant"),
    Bad("need_titles", "a title in one language", INIT, '"A look at the stove"', '"炉灶安全检查"', "the title of 450199.need.soot has no English", "450199.need.soot"),
    Bad("need_titles", "a reason in one language", INIT, '"炉灶可能泄漏"', '"stoves leak"', "the reason of 450199.need.soot has no Chinese", "450199.need.soot"),
    Bad("need_titles", "a reason that is no text in both", INIT, 'Text("炉灶可能泄漏", "Stoves may leak")', '"炉灶可能泄漏"', "reason is r.Text", "NeedRule"),
    Bad("need_codes", "another county's code", INIT, '"450199.need.soot"', '"450198.need.soot"', "gave the code '450198.need.soot'", "def kinderguard_needs"),
    Bad("need_codes", "one code twice", INIT, "return [SOOT]", "return [SOOT, SOOT]", "is given 2 times", "450199.need.soot"),
    Bad("need_codes", "the code of a category", INIT, '"450199.need.soot"', '"450199.pupil"', "has the code of a rule", "450199.pupil"),
    Bad("need_facts", "a fact nobody declares", INIT, 'en="is small") & STOVE.expr', 'en="is small") & r.household.has("450199.stoves")', "450199.stoves", "450199.stoves"),
    Bad("need_facts", "a category nobody defines", INIT, 'child.is_in(PUPIL) & (child.age < 6)', 'child.is_in("450199.pupils") & (child.age < 6)', "450199.pupils", "450199.pupils"),
    Bad("need_services", "a service that does not exist", INIT, "Service.GUARDIAN_VISIT", "Service.GUARDIAN_VISITS", "GUARDIAN_VISIT", "GUARDIAN_VISITS"),
    Bad("need_services", "a service by its text", INIT, "[Service.GUARDIAN_VISIT]", "['guardian_visit']", "services is [Service.COMPANY]", "NeedRule"),
    Bad("need_services", "a qualification that nobody is asked for", INIT, "Service.GUARDIAN_VISIT", "Service.SUPPLIES", "no service of it is given in person", "450199.need.soot"),
    Bad("need_services", "a service twice", INIT, "[Service.GUARDIAN_VISIT]", "[Service.GUARDIAN_VISIT] * 2", "2 times", "450199.need.soot"),
    Bad("need_wording", "a step in one language", INIT, 'en="is small"', 'en="年幼"', "small", "450199.need.soot"),
    Bad("need_round_trip", "a field of a wrong kind", INIT, "    ours=True,", "    ours='yes',", "ours", "450199.need.soot"),
    Bad("profile_titles", "a title in one language", INIT, '"The street\'s list"', '"街道名单"', "has no English", "450199.street_list"),
    Bad("profile_titles", "a title that is no text in both", INIT, 'Text("街道名单", "The street\'s list")', '"街道名单"', "in both languages", "SourceProfile"),
    Bad("profile_codes", "another county's code", INIT, '"450199.street_list"', '"450198.street_list"', "gave the code '450198.street_list'", "def kinderguard_source_profiles"),
    Bad("profile_codes", "one code twice", INIT, "return [STREET_LIST]", "return [STREET_LIST, STREET_LIST]", "is given 2 times", "450199.street_list"),
    Bad("profile_facts", "a fact the model lacks", INIT, '"child.residence", ', '"child.residense", ', "child.residense", "child.residense"),
    Bad("profile_facts", "a fact nobody declares", INIT, '"450199.stove"],', '"450199.stoves"],', "450199.stoves", "450199.stoves"),
    Bad("profile_facts", "a column that fills a fact nobody declares", INIT, 'LedgerColumn("用不用炉灶", fact=STOVE)', 'LedgerColumn("用不用炉灶", fact=r.DeclaredFact.yes_no("450199.oven", zh="烤炉", en="oven"))', "450199.oven", "450199.oven"),
    Bad("profile_headers", "a spelling of no header", INIT, '"儿童姓名"', '"小孩姓名"', "no standard header", "小孩姓名"),
    Bad("profile_headers", "a spelling that means something else", INIT, '"娃娃姓名"', '"身份证号"', "means 身份证号 everywhere", "身份证号"),
    Bad("hooks_deterministic", "a need by the order of a set", INIT, "child.age < 6", "child.age < {'4': 4, '5': 5, '6': 6, '7': 7, '8': 8}[next(iter({'4', '5', '6', '7', '8'}))]", "in another process", "def kinderguard_needs", alone=True),
    Bad("hooks_deterministic", "a need by the year", INIT, "(child.age < 6)", "(child.age < __import__('datetime').datetime.now().year - 2020)", "kinderguard_needs gives something else with the clock", "datetime.now()", alone=True),
    Bad("hooks_deterministic", "a hook that remembers", INIT, "    return [STREET_LIST]", "    SEEN.append(1)\n    return [STREET_LIST][: len(SEEN) % 2]\n\n\nSEEN = []", "the second time", "def kinderguard_source_profiles", alone=True),
    Bad("boundaries_covered", "no case on the line", CASES, "    { title = \"生日当天\", facts = { \"child.birth_date\" = \"2009-09-01\" }, expect = { \"450199.pupil\" = false } },\n", "", "exactly on the line", "450199.pupil", alone=True),
    Bad("policy_cases", "a case that expects otherwise", CASES, 'expect = { "450199.pupil" = false }', 'expect = { "450199.pupil" = true }', "a case fails", "2009-09-01"),
    Bad("policy_cases", "a file that cannot be read", CASES, 'title = "取暖补助"', 'titel = "取暖补助"', "no such key"),
)  # fmt: skip


def write(files, folder):
    """Write a pack's files to a folder, which is given back."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), "utf-8")
    return folder
