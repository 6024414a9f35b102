"""What the library tells of a store, in the words of the command line.

An error of the library names the call that mends it; whoever sits before the command line needs the command. Nothing else
of a text is changed.
"""

import re
from collections.abc import Mapping

from kinderguard.model.text import Text

#: What a text of the library says, and what stands there instead; longer ones before those that they contain.
_ZH: Mapping[str, str] = {
    "store.correct、store.assess 或 store.erase": "kinderguard file correct、assess 或 erase",
    "store.refs(open=None) ": "kinderguard file list（已结案的加 --closed）",
    "store.entries(ref) ": "kinderguard file show 编号 --history ",
    "store.verify()": "kinderguard file verify",
    "store.rebuild()": "kinderguard file verify --rebuild",
    "写明 override 的理由": "用 --override 写明理由",
    "store.assess(…)": "kinderguard file assess",
    "store.forecast(…)": "kinderguard file forecast",
    "store.correct(…)": "kinderguard file correct",
    "store.reopen_file": "kinderguard file reopen",
    "store.close_file": "kinderguard file close",
    "store.settle_overpayment": "kinderguard file overpayment settle",
    "store.settle_row": "kinderguard file settle-row 行号",
    "plan.followed_up": "kinderguard care follow-up",
    "plan.service_moved": "kinderguard care service",
    "plan.goal_settled": "kinderguard care goal",
    "（outcome）": "（--outcome）",
    "（amount）": "（--amount）",
    "；如确需重新建档，请用 store.record(…)，另用编号，或写明 override": (
        "；如确需重新建档，请用 kinderguard file record，并以 --override 写明理由"
    ),
    "store.record(…)": "kinderguard file record",
    "store.propose_transfer(…)": "kinderguard file transfer propose",
    "请用 store.pseudonym(…) 生成编号": "kinderguard file list 列出编号",
    "，或以 CaseStore(…, wait=秒数) 延长等待": "",
    "CaseStore(…, key=new_key())": "KINDERGUARD_KEY",
    "CaseStore(…, key=…)": "export KINDERGUARD_KEY=…",
    "（不要求 make=False）": "",
    "facts=None 已收回整条记录，不必再列 withdrawn": "--whole 已收回整条记录，不必再写 --withdraw",
    "facts、withdrawn，或以 facts=None ": "--fact、--withdraw，或以 --whole ",
    "请用 facts=None": "请用 --whole",
    "two_ids=True": "--two-ids",
    "Override(reason=…)": "--override",
    "（happened_on）": "（--happened-on）",
    "须用 note 说明": "须用 --note 说明",
    "（note）": "（--note）",
    "（reason）": "（--reason）",
    "（override）": "（--override）",
    "（organisation）": "（--organisation）",
    "（acting）": "（--acting）",
    "写 None": "写 none",
    "by 应为": "--by 应为",
    "（users）": "（KINDERGUARD_USERS 所指的文件）",
}
_EN: Mapping[str, str] = {
    "store.correct, store.assess or store.erase": "kinderguard file correct, assess or erase",
    "store.refs(open=None) lists them all": "kinderguard file list shows those there are (--closed: the closed ones)",
    "store.entries(ref)": "kinderguard file show REF --history",
    "store.verify()": "kinderguard file verify",
    "store.rebuild()": "kinderguard file verify --rebuild",
    "say why with override": "say why with --override",
    "store.assess(...)": "kinderguard file assess",
    "store.forecast(...)": "kinderguard file forecast",
    "store.correct(...)": "kinderguard file correct",
    "store.reopen_file": "kinderguard file reopen",
    "store.close_file": "kinderguard file close",
    "store.settle_overpayment": "kinderguard file overpayment settle",
    "store.settle_row": "kinderguard file settle-row ROW",
    "plan.followed_up": "kinderguard care follow-up",
    "plan.service_moved": "kinderguard care service",
    "plan.goal_settled": "kinderguard care goal",
    "; if it must be, use store.record(...) with another number, or with override": (
        "; if it must be, use kinderguard file record and say why with --override"
    ),
    "store.record(...)": "kinderguard file record",
    "store.propose_transfer(...)": "kinderguard file transfer propose",
    "store.pseudonym(...) makes one": "kinderguard file list shows those there are",
    "later, close the program that holds it, or wait longer with CaseStore(..., wait=seconds)": (
        "later, or close the program that holds it"
    ),
    "CaseStore(..., key=new_key())": "KINDERGUARD_KEY",
    "CaseStore(..., key=...)": "export KINDERGUARD_KEY=...",
    " (without make=False)": "",
    "facts=None takes the whole entry back; leave withdrawn out": (
        "--whole takes the whole entry back; leave --withdraw out"
    ),
    "give facts or withdrawn, or facts=None to": "give --fact or --withdraw, or --whole to",
    "use facts=None": "use --whole",
    "two_ids=True": "--two-ids",
    "Override(reason=...)": "--override",
    "(happened_on)": "(--happened-on)",
    "(note)": "(--note)",
    "(reason)": "(--reason)",
    "(override)": "(--override)",
    "(organisation)": "(--organisation)",
    "(acting)": "(--acting)",
    "or None where": "or none where",
    "by is a user's code": "--by is a user's code",
    "(users)": "(the file that KINDERGUARD_USERS names)",
}


#: How a question of a file is answered, with both numbers.
_ANSWER_SAME = re.compile(r'store\.answer\("([^"]+)", "([^"]+)", same=True\)')
_ANSWER = re.compile(r'store\.answer\("([^"]+)", "([^"]+)", (?:…|\.\.\.)\)')


def in_commands(text: Text) -> Text:
    """A text of the library as the command line says it.

    >>> print(in_commands(Text("请运行 store.verify()", "run store.verify()")).en)
    run kinderguard file verify
    >>> print(in_commands(Text("", 'say store.answer("a", "b", same=True)')).en)
    say kinderguard file answer a b --same
    """
    zh, en = text.zh, text.en
    for said, instead in _ZH.items():
        zh = zh.replace(said, instead)
    for said, instead in _EN.items():
        en = en.replace(said, instead)
    command = r"kinderguard file answer \1 \2 --same"
    zh, en = (_ANSWER_SAME.sub(command, each) for each in (zh, en))
    return Text(_ANSWER.sub(f"{command}（或 --another）", zh), _ANSWER.sub(f"{command} (or --another)", en))
