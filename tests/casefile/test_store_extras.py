"""What needs a package that is not installed says which extra brings it; what does not need one loads none."""

import subprocess
import sys

import pytest

from kinderguard.casefile import __all__ as public


def in_fresh_interpreter(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout


def test_the_package_itself_loads_nothing_heavy():
    code = "import sys, kinderguard.casefile; print([m for m in ('sqlalchemy', 'cryptography') if m in sys.modules])"
    assert in_fresh_interpreter(code).strip() == "[]"


@pytest.mark.parametrize(
    ("lacking", "use", "extra"),
    [
        ("sqlalchemy", "from kinderguard.casefile import CaseStore", "store"),
        ("cryptography", "from kinderguard.casefile import CaseStore, new_key; CaseStore('sqlite://', key=new_key())",
         "store"),
        ("psycopg", "from kinderguard.casefile import CaseStore; CaseStore('postgresql://u@h/d')", "postgres"),
    ],
)  # fmt: skip
def test_a_missing_package_is_told_with_its_extra(lacking, use, extra):
    code = f"""
import sys
sys.modules[{lacking!r}] = None
from kinderguard.model.errors import MissingExtraError
try:
    {use}
except MissingExtraError as error:
    print(error.extra, "请运行" in error.text.zh)
"""
    assert in_fresh_interpreter(code).split() == [extra, "True"]


@pytest.mark.parametrize("name", public)
def test_every_public_name_is_there(name):
    import kinderguard.casefile as casefile

    assert getattr(casefile, name).__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    import kinderguard.casefile as casefile

    with pytest.raises(AttributeError, match="has no attribute 'CaseStor'"):
        casefile.CaseStor  # noqa: B018
