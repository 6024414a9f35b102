"""An environment of a pack's author, made in a folder: the packages of this run, and room to install a pack of one's own.

``pip install -e .`` and ``pip wheel`` work in it as an author types them, but offline: they build with what is installed
here and fetch nothing. Nothing is written into the environment that runs these tests.
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

#: Commands that the author types; each is a module of this run's packages.
COMMANDS = ("kinderguard", "pip", "pytest")


def make_environment(folder: Path, *, with_ours: bool = True, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Make it below ``folder``; gives the variables under which commands run in it.

    Args:
        folder: where to.
        with_ours: else it sees what others have made, but neither kinderguard nor the packs beside it: those are
            installed there.
        without: packages of others that it does not see either.
    """
    home = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    (site,) = (home / "lib").glob("python*/site-packages")
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # As a site of its own: packages that are installed there from their source have .pth files too.
    sites = [f"import site; site.addsitedir({p!r})" for p in here] if with_ours else [_others(here, folder, without)]
    (site / "packages_of_this_run.pth").write_text("\n".join(sites) + "\n")
    for name in COMMANDS:
        script = home / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{home}/bin/python" -m {name} "$@"\n')
        script.chmod(0o755)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "GIT_", "PYTEST_", "MAKE", "COV_"))}
    if not with_ours:
        kept.pop("PYTHONPATH", None)
    return kept | {
        "PATH": os.pathsep.join([str(home / "bin"), os.environ["PATH"]]),
        "VIRTUAL_ENV": str(home),
        "HOME": str(folder),
        "COLUMNS": "100",
        "PYTHONUTF8": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads a 0 here as "do not isolate"
        "PIP_NO_DEPS": "1",
        "PIP_QUIET": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "test", "GIT_AUTHOR_EMAIL": "test@localhost",
        "GIT_COMMITTER_NAME": "test", "GIT_COMMITTER_EMAIL": "test@localhost",
    }  # fmt: skip


def _others(sites: set[str], folder: Path, without: tuple[str, ...]) -> str:
    """A folder that leads to every installed package but ours; what leads to sources (.pth) is left out."""
    others = folder / "others"
    others.mkdir()
    for package in (package for site in sites for package in Path(site).iterdir()):
        ours = "kinderguard" in package.name or package.suffix == ".pth"
        if not ours and package.name not in (*without, "__pycache__"):
            (others / package.name).symlink_to(package)
    return str(others)


def run(command: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as an author types it."""
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
