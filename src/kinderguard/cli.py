"""The door of the command line: says which extra to install where it is missing, and leaves the rest to ``commands``."""

import sys


def main() -> None:
    """Run the command ``kinderguard``."""
    try:
        from kinderguard.commands import run
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing not in ("typer", "rich", "click"):
            raise
        sys.stderr.write(
            f"命令行需要安装 {missing}；请运行：pip install 'kinderguard[cli]'\n"
            f"The command line needs {missing}: pip install 'kinderguard[cli]'\n"
        )
        sys.exit(2)
    run()
