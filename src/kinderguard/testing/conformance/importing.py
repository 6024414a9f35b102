"""The check that importing a pack does nothing but define values."""

from pathlib import Path

from kinderguard.model.text import Text
from kinderguard.testing.conformance.asking import ask
from kinderguard.testing.conformance.registry import Found, Needs, check
from kinderguard.testing.conformance.results import Finding, Note
from kinderguard.testing.conformance.subject import Subject

_EFFECTS = {
    "file": Text("导入时写入或改动文件", "the import writes or changes a file"),
    "network": Text("导入时访问网络", "the import uses the network"),
    "process": Text("导入时启动其他程序", "the import starts another program"),
    "environment": Text("导入时修改了环境变量", "the import changes the environment"),
    "atexit": Text("导入时登记了退出函数", "the import registers a function to be run at exit"),
}
_CHANGES = {
    "warnings": Text("导入时修改了全局警告设置", "the import changes the filters of warnings"),
    "decimal": Text("导入时修改了 decimal 的全局精度", "the import changes the context of decimal"),
    "logging": Text("导入时修改了全局日志设置", "the import changes the root logger"),
    "signals": Text("导入时修改了信号处理", "the import changes the handling of signals"),
    "directory": Text("导入时改变了工作目录", "the import changes the working directory"),
    "excepthook": Text("导入时替换了 sys.excepthook", "the import replaces sys.excepthook"),
    "threads": Text("导入时启动了线程", "the import starts a thread"),
}
_MEND = Text(
    "模块只定义值；其余工作放进事实提供函数，用到时才做",
    "let the module define values only; leave the rest to a fact provider, which runs when it is asked",
)
#: Seconds of an import of rules that are worth a word.
SLOW = 1.0


@check(
    "import_side_effects",
    title=Text("导入没有副作用", "importing the pack has no side effects"),
    protects=Text(
        "规则包在评估当地第一名儿童时才导入：那时写文件、联网、打印，会拖慢或打断评估，在服务器上还可能泄露信息。",
        "A pack is imported when the first child of its place is assessed: files, network and prints at that moment slow or "
        "stop the assessment, and on a server may give something away.",
    ),
    mend=_MEND,
    needs=Needs.NOTHING,
)
def import_side_effects(subject: Subject) -> Found:
    """Imported in a process of its own, which is looked at before and after."""
    answer = ask(subject, {"ask": "import"})
    data, shown = answer.data, subject.sources.shown
    if "died" in data:
        yield Finding(
            Text("导入使进程终止", "the import ends the process"), _MEND, subject.target.module.replace(".", "/")
        )
        return
    for what, file, line, detail in data["effects"]:
        if what == "print":
            yield Finding(_printed(detail), _MEND, shown(Path(file)), line)
            continue
        yield Finding(
            Text(f"{_EFFECTS[what].zh}（{detail}）", f"{_EFFECTS[what].en} ({detail})"), _MEND, shown(Path(file)), line
        )
    entry = subject.target.package
    assert entry is not None
    file = shown(entry / "__init__.py" if entry.is_dir() else entry)
    for name in data["changed"]:
        yield Finding(_CHANGES[name], _MEND, file)
    is_told = any(what == "print" for what, *_ in data["effects"])
    if answer.printed.strip() and not data["error"] and not is_told:
        first = answer.printed.strip().splitlines()[0][:60]
        yield Finding(_printed(first), _MEND, file)
    seconds = data["seconds"]
    if seconds > SLOW:
        yield Note(
            Text(f"导入用时 {seconds:.1f} 秒，当地第一名儿童要等这么久", f"the import takes {seconds:.1f} s; the first child of the place waits for it")
        )  # fmt: skip


def _printed(first: str) -> Text:
    return Text(f"导入时打印了内容：{first}", f"the import prints: {first}")
