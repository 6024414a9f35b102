"""Every problem that the library reports, with what it says, read out of the source: where a problem is made, there stand its
code and its texts (``source_texts``), and a list kept by hand would soon be another.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import attrs
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import kinderguard
from kinderguard.docs.source_texts import Function, Scope, string, texts
from kinderguard.docs.tables import beside, said, section, table
from kinderguard.model.text import Language, Text
from kinderguard.packs.mends import MENDS

#: What makes a problem, or an error or finding with a problem's code, each with the code first.
MAKERS = frozenset({"Problem", "CellProblem", "UnreadableError", "RowError", "Finding"})
#: A field's validator says only what is wrong; the model gives it this code.
_OF_A_FIELD = ("FieldValueError", "record.value_error")
_HEAD = (Text("代码", "Code"), Text("消息与改法", "What it says, and the mend"))
_CODE = re.compile(r"[a-z]+\.[a-z_]+")
#: Whose text is another's: said here in general.
_PASSED_ON = {
    "case.broken": Text(
        "评估时出现了用例没有预期的问题：…", "the assessment met a problem that the case does not expect: …"
    ),
    "case.file": Text("用例文件有误：…（附文件和行号）", "the file of cases is wrong: …, with its file and line"),
    "case.misuse": Text("用例写法有误：…", "the case is not written as it should be: …"),
    "case.pack_elsewhere": Text(
        "规则包用的是安装在别处的版本，与本文件夹的不同；请重新安装：pip install -e …",
        "the pack is installed from another place and differs from this folder; install it again: pip install -e …",
    ),
    "case.project_unreadable": Text(
        "规则包的 pyproject.toml 不能读取：…（附行号）；请改正",
        "the pack's pyproject.toml cannot be read: …, with its line; correct it",
    ),
    "case.not_run": Text("用例不能运行：…", "the case could not be run: …"),
    "pack.crashed": Text("规则包出错：…（附文件和行号）", "the pack failed: …, with its file and line"),
    "pack.not_registered": Text(
        "规则包没有登记，因此没有装载：入口点所在的组写错了：…；应为 kinderguard",
        "the pack is not registered, so it is not loaded: its entry point is in a group of another name: …; it is kinderguard",
    ),
    "pack.hook_invalid": Text("…：钩子的名称或参数不对：…", "…: a hook's name or arguments are wrong: …"),
}


@attrs.frozen
class Reported:
    """A problem as the source has it: its code, and one way of saying it."""

    code: str
    message: Text


def reported(source: Path) -> list[Reported]:
    """All problems that a folder of Python source reports, sorted by code; each text once."""
    found: dict[Reported, None] = {}
    for path in sorted(source.rglob("*.py")):
        text = path.read_text("utf-8")
        if any(name in text for name in (*MAKERS, _OF_A_FIELD[0])):
            found |= dict.fromkeys(_in_module(ast.parse(text)))
    return sorted(found, key=lambda each: (each.code, each.message.en))


def _in_module(tree: ast.Module) -> Iterator[Reported]:
    module = Scope.of_module(tree)
    yield from _by_kind(module)
    wrappers = {name: made for name, f in module.functions.items() if (made := _made_of_what_is_given(f)) is not None}
    for function in (n for n in ast.walk(tree) if isinstance(n, Function)):
        if function.name in wrappers:
            continue
        scope = module.inside(function)
        for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in wrappers:
                yield from _made(wrappers[name], scope.called(module.functions[name], call))
            elif name in MAKERS or name == _OF_A_FIELD[0]:
                yield from _made(call, scope)


def _made_of_what_is_given(function: Function) -> ast.Call | None:
    """The problem that a function makes out of a code or texts that whoever calls it gives; None for any other."""
    given = {a.arg for a in function.args.args}
    for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
        if getattr(call.func, "id", "") in MAKERS:
            read = {n.id for arg in call.args[:2] for n in ast.walk(arg) if isinstance(n, ast.Name)}
            code_given = bool(call.args) and isinstance(call.args[0], ast.Name) and call.args[0].id in given
            texts_given = {"zh", "en"} <= read & given
            if code_given or texts_given:
                return call
    return None


def _made(call: ast.Call, scope: Scope) -> Iterator[Reported]:
    """What a call that makes a problem may report."""
    if getattr(call.func, "id", "") == _OF_A_FIELD[0]:
        codes, rest = [_OF_A_FIELD[1]], call.args
    else:
        codes, rest = _codes(call.args[0], scope) if call.args else [], call.args[1:]
    for code in codes:
        if code in _PASSED_ON:
            yield Reported(code, _PASSED_ON[code])
            continue
        said = [text for arg in rest for text in texts(arg, scope)] or _side_by_side(rest, scope)
        yield from (Reported(code, text) for text in said)


def _codes(node: ast.expr, scope: Scope) -> list[str]:
    match node:
        case ast.Constant(value=str(value)):
            return [value] if _CODE.fullmatch(value) else []
        case ast.IfExp():
            return [*_codes(node.body, scope), *_codes(node.orelse, scope)]
        case ast.Name() if (bound := scope.find(node)) is not None and bound.expr is not node:
            return _codes(bound.expr, bound.scope)
    return []


def _side_by_side(args: list[ast.expr], scope: Scope) -> list[Text]:
    """Chinese and English one after the other."""
    strings = [s for arg in args if (s := string(arg, scope)) is not None]
    return [Text(zh, en) for zh, en in pairwise(strings) if _is_chinese(zh) and not _is_chinese(en)]


def _is_chinese(text: str) -> bool:
    return re.search(r"[\u3400-\u9fff]", text) is not None


def _by_kind(module: Scope) -> Iterator[Reported]:
    """What the model finds in a record: its code is the kind of the finding, which a table or a branch gives a meaning."""
    function = module.functions.get("_meaning")
    if function is None:
        return
    scope = module.inside(function)
    for _, meanings in module.assigned["_MEANINGS"]:
        if isinstance(meanings, ast.Dict):
            for key, value in zip(meanings.keys, meanings.values, strict=True):
                kind = string(key, scope) if key is not None else None
                yield from (Reported(f"record.{kind}", text) for text in texts(value, scope))
    for node in ast.walk(function):
        match node:
            case ast.If(
                test=ast.Compare(ops=[ast.Eq()], comparators=[ast.Constant(value=str(found))]),
                body=[ast.Return(value=ast.expr() as returned)],
            ):
                yield from (Reported(f"record.{found}", text) for text in texts(returned, scope))


#: What each family of codes is about.
FAMILIES = {
    "record": Text("个案与记录的格式", "The form of a case or record"),
    "ledger": Text("读取台账与名单", "Reading ledgers and lists"),
    "case": Text("评估与政策用例", "Assessments and policy cases"),
    "fact": Text("事实", "Facts"),
    "parameter": Text("参数", "Parameters"),
    "rule": Text("规则", "Rules"),
    "pack": Text("规则包", "Packs"),
    "provider": Text("规则包取得事实的程序", "Providers of facts"),
    "observer": Text("观察函数", "Observers"),
    "frame": Text("数据表", "Tables"),
    "file": Text("档案", "Case files"),
    "chain": Text("档案库的核验", "Verifying a store of case files"),
    "offer": Text("服务匹配", "Matching help"),
}


class ProblemsDirective(SphinxDirective):
    """``.. kinderguard:problems::``: every code with what it says, by family."""

    def run(self) -> list[nodes.Node]:
        """Print the list."""
        languages: Sequence[Language] = self.config.kinderguard_languages
        by_code: dict[str, list[Text]] = {}
        for each in reported(Path(kinderguard.__file__).parent):
            by_code.setdefault(each.code, []).append(each.message)
        families: dict[str, list[str]] = {}
        for code in by_code:
            families.setdefault(code.partition(".")[0], []).append(code)
        found: list[nodes.Node] = []
        for family in sorted(families, key=[*FAMILIES].index):
            rows = []
            for code in families[family]:
                lines = by_code[code] + ([MENDS[code]] if code in MENDS else [])
                rows.append((code, [p for text in lines for p in said(text, languages)]))
            made = table(_HEAD, [[[_anchored(c)], cell] for c, cell in rows], (5, 17), languages, kind="kg-messages")
            found.append(section(f"problems {family}", [nodes.Text(beside(FAMILIES[family], languages))], [made]))
        return found


def _anchored(code: str) -> nodes.paragraph:
    return nodes.paragraph("", "", nodes.literal(code, code), ids=[nodes.make_id(f"problem {code}")])
