"""What several households show together, and what nobody looked at."""

from datetime import date

from matching.findings import across, look_over, sign_of
from matching.model.finding import Confidence
from matching.model.records import Identity, Parentage, StoredPerson
from tests.findings.cases import ON, a_batch, a_case, aid, catalogue

NUMBER = "990001198005040011"


def known(case, number=None, phone=None, name="张示例"):
    """The first person with this identity."""
    first, *rest = case.persons
    identity = Identity(name=name, id_number=number, phone=phone)
    people = (StoredPerson(id=first.id, identity=identity), *rest)
    return case.model_copy(update={"persons": people})


def seen(*cases, same=None):
    return across([sign_of(case, ON, same) for case in cases], ON)


def valid(body="99000119800504001"):
    from matching.id_number import check_digit  # noqa: PLC0415

    return body + check_digit(body)


def two(second_start=date(2026, 2, 1), **second):
    old = a_case({"p": {}}, ledger=[aid("dibao", start=date(2024, 1, 1))], household="H-1")
    new = a_case(
        {"p": {}}, ledger=[aid("dibao", start=second_start)], household="H-2",
        **{"place": "310199002001", **second},
    )  # fmt: skip
    return old, new


def test_one_person_paid_in_two_places():
    old, new = two()
    (one,) = seen(known(old, valid()), known(new, valid().lower()))
    assert one.kind == "paid_in_two_places"
    assert (one.household, one.households) == ("H-1", ("H-2",))
    assert one.since == date(2026, 2, 1)
    assert one.place == "31019900"  # who may see one street only sees neither
    assert one.confidence is Confidence.HIGH


def test_namesakes_twins_and_a_parents_phone_are_not_one_person():
    old, new = two()
    assert not seen(known(old), known(new))  # the same name, the same birthday
    assert not seen(known(old, phone="000"), known(new, phone="000"))
    assert not seen(known(old, valid()), known(new, valid("99000119800504003")))
    broken = valid()[:-1] + ("1" if valid()[-1] != "1" else "2")
    assert not seen(known(old, broken), known(new, broken))  # a number that cannot be right


def test_a_review_that_made_two_persons_one_counts():
    old, new = two()
    assert seen(old, new, same={"H-2-p": "H-1-p"})


def test_a_move_with_one_payment_after_the_other_is_in_order():
    old = a_case({"p": {}}, ledger=[aid("dibao", until=date(2026, 1, 31))], household="H-1")
    _, new = two()
    assert not seen(known(old, valid()), known(new, valid()))


def neighbours(kin=True, address="示例路1弄2号301室", second="dibao"):
    one = a_case({"p": {}}, ledger=[aid("dibao")], household="H-1", address="示例路1弄 2号301室")
    other = a_case({"q": {}}, ledger=[aid(second)], household="H-2", address=address)
    ties = (Parentage(parent="H-1-p", child="H-2-q"),) if kin else ()
    people = (*other.persons, StoredPerson(id="H-1-p", identity=Identity(name="张示例")))
    return one, other.model_copy(update={"parentages": ties, "persons": people})


def test_near_kin_at_one_address_with_dibao_each():
    (one,) = seen(*neighbours())
    assert one.kind == "household_split"
    assert "可能合理" in one.says
    assert one.subjects == ("H-1-p", "H-2-q")


def test_one_address_written_in_two_ways():
    assert seen(*neighbours(address="示例路一弄２号3 0 1室"))


def test_neighbours_and_kin_elsewhere_are_not_split():
    assert not seen(*neighbours(kin=False))
    assert not seen(*neighbours(address="示例路9弄2号301室"))
    assert not seen(*neighbours(second="grain_oil"))


def test_one_receipt_in_two_households():
    event = {
        "event.type": "medical_spike", "event.date": date(2026, 3, 1), "event.receipt_id": "票1"
    }  # fmt: skip
    cases = [a_case({"p": {}}, events=[event], household=home) for home in ("H-1", "H-2")]
    (one,) = seen(*cases)
    assert one.kind == "receipt_elsewhere"
    assert "票1" not in one.model_dump_json()


def test_the_order_of_the_households_does_not_matter():
    cases = [known(case, valid()) for case in two()]
    assert seen(*cases) == seen(*reversed(cases))


def test_not_checked_is_shown_apart_kind_by_kind_and_place_by_place():
    local = a_batch(covers_places=frozenset({"310199001"}))
    here = a_case({"p": {}}, batches=[local])
    outsider = a_case({"p": {"person.hukou": "330100"}}, batches=[local], household="H-2")
    dark = a_case({"p": {}}, batches=[], place="310199002001", household="H-3")
    old = a_batch(on=date(2026, 1, 1))
    late = a_case({"p": {}}, batches=[old], place="310199002001", household="H-4")
    rows = look_over(catalogue(), [here, outsider, dark, late], ON).checks.rows({})
    custody = {row.place: row for row in rows if row.what == "person.custody_status"}
    first, second = custody["310199001"], custody["310199002"]
    assert (first.households, first.checked, first.elsewhere) == (2, 1, 1)
    assert (second.households, second.checked, second.as_of) == (2, 0, None)
    dibao = {row.place: row.checked for row in rows if row.what == "benefit.dibao"}
    assert dibao == {"310199001": 2, "310199002": 0}
