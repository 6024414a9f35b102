"""The versions of the template that come with this kinderguard. An update needs the one that a pack was written with.

``template/`` is the newest. Before a released template is changed, it is copied to ``earlier/<its number>/``; the
number of the newest is one more than that of the last earlier one.
"""

from pathlib import Path

#: What a pack's answers name as its template: no address, only a name that git is told to find on this machine.
SOURCE = "kinderguard:new-pack.git"

_HERE = Path(__file__).parent


def template_versions(home: Path = _HERE) -> dict[int, Path]:
    """The folder of each version of the template, by its number, the newest last."""
    earlier = sorted((int(f.name), f) for f in (home / "earlier").glob("*") if f.name.isdigit())
    newest = earlier[-1][0] + 1 if earlier else 1
    return {**dict(earlier), newest: home / "template"}
