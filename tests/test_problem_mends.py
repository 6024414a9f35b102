"""Every problem says what to do, in both languages. Read out of the source: what makes a problem, and the texts it takes."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "kinderguard"
#: What makes a problem, each with the code first.
MAKERS = {"Problem", "CellProblem", "_problem"}
#: The same for one code of their own, which does not stand in the call.
OF_ONE_CODE = {"_frame_error": "frame.records", "_records_error": "frame.records"}
#: Codes that need no mend of their own, and why.
WITHOUT = {
    r"offer\..*": "it says what stands against a match; nothing is broken, and the page says what to settle first",
    r"ledger\.row|case\.(file|misuse|broken|not_run|pack_elsewhere|project_unreadable)|pack\.crashed|fact\.not_valid": "its text is another problem's or error's",
    r"pack\.hook_invalid": "the form of each hook that is wrong is given where it is looked at",
    r"chain\.\w+": "all of them end with one mend, held below",
}
DO_ZH = re.compile(r"请|应为|应写作|须|改用|是否想写|最接近的代码|改正|修改前|应返回")
DO_EN = re.compile(
    r"\b([Mm]end(?:ed)?|[Gg]ive|[Ww]rite|[Ss]et|[Ff]ill|[Uu]se|[Mm]ake|[Bb]egin|[Ii]nstall|[Uu]pgrade|[Cc]heck|[Ll]eave|[Rr]ename|"
    r"[Cc]orrect|[Uu]ninstall|[Tt]ake|[Rr]un|must|needs?|is its|[Pp]ut|did you mean)\b"
)


def made():
    """Each place where a problem is made: its code, the file, and the Chinese and English texts that it may take."""
    for path in sorted(SOURCE.rglob("*.py")):
        source = path.read_text("utf-8")
        if "Problem" not in source:
            continue
        for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                name = getattr(call.func, "id", "")
                given = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
                code = OF_ONE_CODE.get(name) or (given if name in MAKERS else None)
                if not isinstance(code, str) or function.name in OF_ONE_CODE:
                    continue
                texts = said(call)
                # A message that was put together before the call stands in the same function.
                yield code, path.relative_to(SOURCE).as_posix(), texts if len(texts) > 1 else said(function)


def said(node):
    docs = {
        id(n.body[0].value)
        for n in ast.walk(node)
        if isinstance(n, ast.FunctionDef) and isinstance(n.body[0], ast.Expr)
    }
    found = [
        n.value
        for n in ast.walk(node)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
    ]
    return [text for text in found if not re.fullmatch(r"[a-z_]+\.[a-z_]+", text)]


PLACES = [p for p in made() if not any(re.fullmatch(code, p[0]) for code in WITHOUT)]


@pytest.mark.parametrize(("code", "file", "texts"), PLACES, ids=[f"{code} {file}" for code, file, _ in PLACES])
def test_a_problem_says_what_to_do_in_both_languages(code, file, texts):
    chinese = " ".join(text for text in texts if re.search(r"[\u3400-\u9fff]", text))
    english = " ".join(text for text in texts if not re.search(r"[\u3400-\u9fff]", text))
    assert DO_ZH.search(chinese), f"{file}: {code} does not say what to do in Chinese: {chinese}"
    assert DO_EN.search(english), f"{file}: {code} does not say what to do in English: {english}"


def test_the_places_are_found_and_no_reason_is_left_over():
    codes = {code for code, *_ in made()}
    assert codes >= {
        "provider.failed",
        "observer.failed",
        "parameter.missing",
        "pack.name_taken",
        "ledger.header_unknown",
    }
    assert [pattern for pattern in WITHOUT if not any(re.fullmatch(pattern, code) for code in codes)] == []


def test_whatever_is_wrong_with_a_chain_says_what_to_do():
    from kinderguard.casefile.chain.verifying import _problem

    message = _problem("chain.changed", 1, "记录被改动", "the entry was changed").message
    assert "恢复" in message.zh
    assert "restore" in message.en
