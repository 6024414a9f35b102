"""Zhejiang 浙江省: a household is dibao-marginal at or below 1.5 times the standard (一点五倍以下), equality included.

浙江省社会救助条例 of 2020-09-24. The rule itself is the nation's; only its switch is set, in ``parameters.toml``.
"""

from pathlib import Path

from kinderguard import Pack, Text, hookimpl

PACK = Pack(
    code="33",
    title=Text("浙江省", "Zhejiang"),
    version="0.1.0",
    kinderguard=">=0.1,<0.2",
    parameters=[Path(__file__).with_name("parameters.toml")],
)


@hookimpl
def kinderguard_pack() -> Pack:
    """Give Zhejiang's pack."""
    return PACK
