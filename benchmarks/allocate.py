"""How well and how fast help is allocated: by ``allocate``, and by one need after the other to the nearest place.

    python benchmarks/allocate.py [--children 10000] [--offers 300] [--seed 1] [--digits 9]

An invented county of 200 km by 200 km, with townships and villages, twelve kinds of needs, and offers that stand where
most people live: more needs than places, and too few psychologists and therapists far out. The greedy way takes the
needs in the order of their urgency (to be clarified last), then of their file numbers, and gives each the cheapest place
that is left (nearest, an organisation that the child knows counted as nearer). Both see the same pairs, limits and costs. Needs
the extra ``[care]``. Everybody in it is invented.
"""

import argparse
import datetime as dt
import random
import time
from collections.abc import Sequence

import attrs
import numpy as np
from measuring import peak_mb

from kinderguard.care import (
    Helper,
    Language,
    Need,
    NeedDomain,
    NeedStatus,
    Offer,
    Place,
    ProviderKind,
    Qualification,
    Service,
    Urgency,
)
from kinderguard.care.allocation import Allocation, Limits, Objective, allocate
from kinderguard.care.allocation.instance import Instance
from kinderguard.care.allocation.prices import instance_of
from kinderguard.model import Text

DAY = dt.date(2025, 9, 1)
SIDE_KM, TOWNSHIPS, VILLAGES = 200.0, 40, 8
CHECKED = Helper(ref="p", unfit_grounds=(), barred_by=())

#: Kinds of needs: code, domain, services, qualifications, and how many of 100 children have one.
KINDS: tuple[tuple[str, NeedDomain, tuple[Service, ...], tuple[Qualification, ...], int], ...] = (
    ("psychologist", NeedDomain.PSYCHOLOGICAL, (Service.PSYCHOLOGICAL_SUPPORT,), (Qualification.PSYCHOLOGIST,), 15),
    ("company", NeedDomain.GUARDIANSHIP_AND_COMPANY, (Service.COMPANY,), (), 25),
    ("guardian", NeedDomain.GUARDIANSHIP_AND_COMPANY, (Service.GUARDIAN_VISIT,), (Qualification.SOCIAL_WORKER,), 20),
    ("care", NeedDomain.SAFETY, (Service.TEMPORARY_CARE,), (), 4),
    ("therapy", NeedDomain.HEALTH_AND_REHABILITATION, (Service.REHABILITATION,), (Qualification.REHABILITATION_THERAPIST,), 12),
    ("medical", NeedDomain.HEALTH_AND_REHABILITATION, (Service.MEDICAL_SUPPORT,), (), 8),
    ("school", NeedDomain.SCHOOLING, (Service.SCHOOLING_SUPPORT,), (Qualification.TEACHER, Qualification.TRAINED_VOLUNTEER), 25),
    ("supplies", NeedDomain.LIVING, (Service.SUPPLIES,), (), 20),
    ("aid", NeedDomain.LIVING, (Service.AID_APPLICATION,), (), 10),
    ("law", NeedDomain.LEGAL, (Service.LEGAL_HELP,), (Qualification.LAWYER,), 5),
    ("guidance", NeedDomain.FAMILY_EDUCATION, (Service.FAMILY_GUIDANCE, Service.ONLINE_COURSE), (Qualification.FAMILY_EDUCATION_GUIDE,), 15),
    ("safety", NeedDomain.SAFETY, (Service.GUARDIAN_VISIT, Service.COMPANY), (Qualification.SOCIAL_WORKER,), 3),
)  # fmt: skip


# ---- the invented county ---------------------------------------------------------------------------------------


def county(children: int, offers: int, seed: int) -> tuple[list[Need], list[Offer]]:
    """Needs and offers, the same for the same seed."""
    chance = random.Random(seed)
    towns = [
        (f"330199{number + 1:03d}", chance.uniform(0, SIDE_KM), chance.uniform(0, SIDE_KM))
        for number in range(TOWNSHIPS)
    ]
    weights = [1 / (1 + number) ** 0.7 for number in range(TOWNSHIPS)]
    made = [_offer(chance, number, towns, weights) for number in range(offers)]
    found: list[Need] = []
    for child in range(children):
        found += _needs_of(chance, child, chance.choices(towns, weights)[0], made)
    return found, made


def _needs_of(chance: random.Random, child: int, town: tuple[str, float, float], offers: list[Offer]) -> list[Need]:
    code, x, y = town
    village = chance.randrange(VILLAGES)
    place = Place(
        x_km=round(x + 8 * np.cos(village) + chance.gauss(0, 1.5), 2),
        y_km=round(y + 8 * np.sin(village) + chance.gauss(0, 1.5), 2),
    )
    languages = None if chance.random() < 0.9 else (chance.choice((Language.WU, Language.SIGN)),)
    familiar = (chance.choice(offers).organisation,) if chance.random() < 0.3 else ()
    return [
        Need(
            ref=f"C{child:05d}",
            code=f"330199.need.{name}",
            domain=domain,
            title=Text("虚构的需求", "an invented need"),
            urgency=chance.choices(tuple(Urgency), (1, 4, 5))[0],
            status=NeedStatus.TO_CLARIFY if chance.random() < 0.08 else NeedStatus.PRESENT,
            reason=Text("虚构", "invented"),
            on=DAY - dt.timedelta(days=chance.randrange(120)),
            division=f"{code}{village + 1:03d}",
            services=services,
            qualifications=qualifications,
            languages=languages,
            place=place,
            familiar=familiar,
        )
        for name, domain, services, qualifications, percent in KINDS
        if chance.random() * 100 < percent
    ]


def _offer(
    chance: random.Random, number: int, towns: Sequence[tuple[str, float, float]], weights: Sequence[float]
) -> Offer:
    code, x, y = chance.choices(towns, weights)[0]
    _, _, services, qualifications, _ = KINDS[number % len(KINDS)]
    more = KINDS[chance.randrange(len(KINDS))]
    return Offer(
        code=f"o{number:03d}",
        organisation=f"org{number // 2:03d}",
        provider=chance.choice(tuple(ProviderKind)),
        services=tuple(dict.fromkeys((*services, *more[2]))),
        capacity=chance.randint(10, 70),
        area=() if chance.random() < 0.3 else ("330199",) if chance.random() < 0.6 else (code, *(t[0] for t in chance.sample(towns, 9))),
        languages=(Language.MANDARIN, Language.WU) if chance.random() < 0.7 else tuple(Language) if chance.random() < 0.5 else None,
        qualifications=tuple(dict.fromkeys((*qualifications, *more[3]))),
        people=(CHECKED,) if chance.random() < 0.95 else None,
        place=Place(x_km=round(x + chance.gauss(0, 4), 2), y_km=round(y + chance.gauss(0, 4), 2)),
        reach_km=None if chance.random() < 0.2 else float(chance.choice((20, 30, 40, 60))),
    )  # fmt: skip


# ---- the greedy way --------------------------------------------------------------------------------------------


def greedy(instance: Instance) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """One need after the other, in their order, to the cheapest place that is left: the chosen pairs."""
    pairs, costs = instance.pairs, instance.costs
    places = instance.capacities.tolist()
    organisations = instance.organisation_limits.tolist()
    of = instance.organisation_of.tolist()
    chosen = []
    for need in range(len(instance.needs)):
        here = pairs.of(need)
        for pair in sorted(range(here.start, here.stop), key=lambda p: (int(costs[p]), int(pairs.offer[p]))):
            offer = int(pairs.offer[pair])
            if places[offer] and (of[offer] < 0 or organisations[of[offer]]):
                places[offer] -= 1
                if of[offer] >= 0:
                    organisations[of[offer]] -= 1
                chosen.append(pair)
                break
    return np.array(chosen, np.int64)


# ---- what is printed -------------------------------------------------------------------------------------------


@attrs.frozen
class Row:
    """One way to allocate, and what came of it."""

    name: str
    standing: tuple[int, ...]
    held: int
    worst: float
    tenth: float
    without: int
    km: float
    familiar: int
    seconds: float

    def line(self) -> str:
        levels = "".join(f"{n:>11,}" for n in self.standing)
        return (
            f"  {self.name:<10}{levels}{self.held:>9,}{self.worst:>9.1%}{self.tenth:>9.1%}{self.without:>9}"
            f"{self.km:>9.2f}{self.familiar:>10,}{self.seconds:>9.1f}"
        )


def row(name: str, instance: Instance, chosen: "np.ndarray[tuple[int], np.dtype[np.int64]]", seconds: float) -> Row:
    standing = instance.standing(chosen)
    km = instance.pairs.km[chosen][instance.travels[chosen]]
    shares = [float(share) for share in standing.shares]
    return Row(
        name,
        standing.by_level[:3],
        sum(standing.by_level[3:]),
        shares[0],
        shares[len(shares) // 10],
        sum(share == 0 for share in shares),
        float(np.nanmean(km)),
        int(instance.familiar[chosen].sum()),
        seconds,
    )


def numbers_of(result: Allocation, instance: Instance) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The pairs of an allocation, as the instance counts them."""
    offers = {offer.code: number for number, offer in enumerate(instance.offers)}
    chosen = []
    for number, allotment in enumerate(result.allotments):
        if allotment.offer is not None:
            here = instance.pairs.of(number)
            chosen.append(here.start + int(np.searchsorted(instance.pairs.offer[here], offers[allotment.offer])))
    return np.array(chosen, np.int64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--children", type=int, default=10_000)
    parser.add_argument("--offers", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--digits", type=int, default=9, help="digits of the division that make a place")
    given = parser.parse_args()

    needs, offers = county(given.children, given.offers, given.seed)
    remote = [f"330199{number + 1:03d}" for number in range(TOWNSHIPS - 8, TOWNSHIPS)]
    objective = Objective(place_digits=given.digits, remote=frozenset(remote))
    limits = Limits(max_km=60, per_organisation={f"org{number:03d}": 80 for number in range(0, 150, 3)})

    start, processor = time.perf_counter(), time.process_time()
    result = allocate(needs, offers, on=DAY, objective=objective, limits=limits, progress=False)
    ours, ours_processor = time.perf_counter() - start, time.process_time() - processor

    instance = instance_of(result.asked)
    start = time.perf_counter()
    instance.pairs, instance.costs  # noqa: B018  the greedy way needs them too
    pairs_seconds = time.perf_counter() - start
    start = time.perf_counter()
    by_greed = greedy(instance)
    theirs = pairs_seconds + time.perf_counter() - start

    present = [sum(1 for n in needs if n.urgency is u and not n.to_clarify) for u in Urgency]
    print(
        f"{given.children:,} children with {len(needs):,} needs, {len(offers)} offers with "
        f"{sum(o.capacity for o in offers):,} places, {len(instance.places)} places on the map; "
        f"{len(instance.pairs):,} pairs fit of {len(needs) * len(offers):,}"
    )
    urgencies = "".join(f"{u.value:>11}" for u in Urgency)
    print(f"  {'':<10}{urgencies}{'held':>9}{'worst':>9}{'tenth':>9}{'at 0':>9}{'mean km':>9}{'familiar':>10}{'s':>9}")
    print(f"  {'needs':<10}{''.join(f'{n:>11,}' for n in present)}{sum(1 for n in needs if n.to_clarify):>9,}")
    best = row("allocate", instance, numbers_of(result, instance), ours)
    print(best.line())
    print(row("greedy", instance, by_greed, theirs).line())
    aims = ", ".join(f"{aim.title.en} {aim.seconds:.1f} s ({aim.columns:,} columns)" for aim in result.aims)
    print(f"  of our time: pairs {pairs_seconds:.1f} s; {aims}; {ours_processor:.1f} s of processor time in all")
    worth = sum(price.urgency is not None for price in result.prices)
    print(f"  one more place would serve one more need in {worth} of {len(result.prices)} limits")
    better = instance.standing(numbers_of(result, instance)) >= instance.standing(by_greed)
    print(f"  never worse than greedy in the order of the aims: {better}; peak memory {peak_mb():,.0f} MB")


if __name__ == "__main__":
    main()
