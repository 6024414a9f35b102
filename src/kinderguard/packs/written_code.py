"""The code that a pack's source gives itself, read as text: nothing is imported.

Asked by the loader of packs that are registered under another name, so that the children of their own division are not
told that all is well.
"""

import re

from kinderguard.packs.pack import check_pack_code
from kinderguard.packs.package_files import package_of
from kinderguard.rules.errors import DefinitionError

_GIVEN = re.compile(r"""\bPack\(\s*(?:[^()]*?\bcode\s*=\s*)?(?:["'](?P<code>[\w.]+)["']|(?P<name>[A-Za-z_]\w*)\s*,)""")


def written_code(value: str) -> str | None:
    """The code in ``Pack(code=…)`` of the package that an entry point names; None where none is written out.

    Args:
        value: ``module`` or ``module:attribute``.
    """
    package = package_of(value.partition(":")[0].strip().partition(".")[0])  # a parent would be imported on the way
    if package is None:
        return None
    files = [package] if package.is_file() else [package / "__init__.py", *sorted(package.rglob("*.py"))]
    for file in dict.fromkeys(files):
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        code = _code_in(text) if "Pack(" in text else None
        if code is not None:
            return code
    return None


def _code_in(text: str) -> str | None:
    for found in _GIVEN.finditer(text):
        code = found["code"] or _constant(found["name"], text)
        try:
            return check_pack_code(code or "")
        except DefinitionError:
            continue
    return None


def _constant(name: str, text: str) -> str | None:
    found = re.search(rf"""^{name}\b[^=\n]*=\s*["']([\w.]+)["']""", text, re.MULTILINE)
    return found[1] if found else None
