"""Faults survived of faults tried: real processes killed (SIGKILL) in the middle of their writes, on SQLite and PostgreSQL.

    python benchmarks/faults.py [--kills 200] [--seed 1] [--folder DIR]

What is killed, and what is looked at after each kill, stands in ``tests/casefile/killing.py``. It ends with an error where
anything is lost, doubled or half written. PostgreSQL is a private server of the system's binaries with its usual settings.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/casefile"))
from postgres_server import NoPostgresError, PostgresServer

KILLING = Path(__file__).parents[1] / "tests/casefile/killing.py"


def show(name: str, url: str, kills: int, seed: int) -> None:
    command = [sys.executable, str(KILLING), url, "--kills", str(kills), "--seed", str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: a fault was not survived; see above. Seed {seed}.")
    seen = json.loads(done.stdout)
    print(f"{name}: {seen.pop('survived')} of {seen.pop('kills')} killed processes survived", flush=True)
    for what, figure in seen.items():
        print(f"  {what:<40}{figure:>10,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where the databases are made; the system's temporary folder if left out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        show("SQLite", f"sqlite:///{folder}/cases.db", given.kills, given.seed)
    tempfile.tempdir = given.folder or tempfile.gettempdir()
    try:
        with PostgresServer(durable=True) as server:
            show("PostgreSQL", server.url(), given.kills, given.seed)
    except NoPostgresError as error:
        print(f"PostgreSQL was not tried: {error}")


if __name__ == "__main__":
    main()
