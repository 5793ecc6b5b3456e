"""What both libraries are asked (可移植求值的用例): truth tables, random rules, Parquet."""

from dataclasses import replace
from datetime import date
from random import Random

from matching import tree
from matching.fact_kinds import FactType
from matching.model.family import Event, Fact, Family, Ledger, Person
from matching.packs import Condition, Period
from matching.portable.layout import Frames
from matching.scan.encode import encode
from matching.scan.status import compile_pack, scan
from matching.vocabulary import VOCABULARY
from tests.matching.random_rules import Rules, population

TABLES = ("households", "persons", "events", "kin", "lines", "coverage")
ON = date(2026, 7, 1)
F, U, T = 0, 1, 2
SAID = {F: False, T: True}


def plain_truths(pack, entity):
    """Facts whose silence is unknown and stays so."""
    return [
        spec.name
        for spec in VOCABULARY.values()
        if (spec.entity, spec.type) == (entity, FactType.BOOL)
        and spec.name not in pack.definitions
        and not (spec.derived or spec.implied_by or spec.follows or spec.told_by)
        and spec.presume is None
        and spec.at_home is None
    ]


def program_of(pack, rules, on=ON):
    """A program whose policies are these rules: id -> (subject, per event, tree)."""
    plain = next(one for one in pack.policies.values() if one.subject == "household")
    policies = {}
    for name, (subject, per_event, node) in rules.items():
        condition = Condition("it", "", node, "seed", Period(), ())
        policies[name] = replace(
            plain, id=name, subject=subject, persons="living", per_event=per_event,
            period=Period(), conditions=(condition,),
        )  # fmt: skip
    return compile_pack(replace(pack, policies=policies, exclusions=()), on)


def random_program(catalogue, number):
    """Six rules at random for households, persons and events, and the table they are asked of."""
    rng = Random(number)
    prefix = rng.choice(["310104", "310105", "990100", "61"])
    pack, rules = catalogue.pack_for(prefix), {}
    for place in range(6):
        per_person, per_event = rng.random() < 0.5, rng.random() < 0.3
        things = {"household": "household"}
        things |= {"person": "person"} if per_person else {}
        things |= {"event": "event"} if per_event else {}
        node = Rules(rng, pack, things).truth(rng.choice([2, 3, 4]))
        rules[f"rule_{place}"] = ("person" if per_person else "household", per_event, node)
    on = rng.choice([date(2018, 5, 1), ON])
    return program_of(pack, rules, on), encode(population(number, 12, prefix), on)


# Truth tables


def truth_tables(catalogue):
    """A program, a table, and what each household must get: rule -> outcomes in order of id."""
    pack = catalogue.pack_for("310104")
    one, two = plain_truths(pack, "household")[:2]
    of_event = plain_truths(pack, "event")[0]
    left, right = (tree.FactRef("household", name) for name in (one, two))
    inside = tree.FactRef("e", of_event)
    rules = {
        "both": tree.And((left, right)), "either": tree.Or((left, right)),
        "neither": tree.Not(tree.Or((left, right))),
        "any": tree.Quantifier("any", inside, "e", "events", None),
        "all": tree.Quantifier("all", inside, "e", "events", None),
    }  # fmt: skip
    program = program_of(pack, {name: ("household", False, node) for name, node in rules.items()})
    families, told = [], {name: [] for name in rules}
    for a in (F, U, T):
        for b in (F, U, T):
            families.append(_family(len(families), {one: a, two: b}, of_event, ()))
            for name, value in (
                ("both", min(a, b)), ("either", max(a, b)), ("neither", 2 - max(a, b)),
                ("any", F), ("all", T),
            ):  # fmt: skip
                told[name].append(value)
    for row, any_, all_ in QUANTIFIED:
        families.append(_family(len(families), {}, of_event, row))
        for name, value in (("both", U), ("either", U), ("neither", U)):
            told[name].append(value)
        told["any"].append(any_)
        told["all"].append(all_)
    return program, encode(families, ON), told


# Truths of the events of a household, whether one is, whether all are: written by hand.
QUANTIFIED = [
    ((), F, T), ((F, U), U, F), ((T, U), T, U), ((U, U), U, U), ((F, F), F, F), ((T, T), T, T),
]  # fmt: skip


def _family(number, facts, of_event, row):
    events = tuple(
        Event(id=f"e{n}", facts={of_event: Fact(value=SAID[one])} if one in SAID else {})
        for n, one in enumerate(row)
    )
    said = {name: Fact(value=SAID[one]) for name, one in facts.items() if one in SAID}
    return Family(
        id=f"f{number:02d}", place="310104", facts=said, members=(Person(id="p", facts={}),),
        obligors=(), events=events, ledger=Ledger(entries=(), complete=True, coverage=()),
    )  # fmt: skip


# Answers


def scanned(program, table):
    """Policy -> outcome of each household in the order of the table, by the scan."""
    found = scan(program, table, traced=False)
    return {plan.policy.id: found.best(plan).tolist() for plan in program.plans}


def in_parquet(frames, folder, read):
    """The same tables after a way through files, opened by another library."""
    for name in TABLES:
        getattr(frames, name).write_parquet(folder / f"{name}.parquet")
    opened = [read(str(folder / f"{name}.parquet")) for name in TABLES]
    return Frames(*opened, frames.scales)
