"""Credit records, filed kinship and cards in other hands: what is found, and what is left alone."""

from datetime import date, timedelta

import pytest

from matching.model.family import FactState
from tests.findings.cases import ON, a_case, aid, found, kinds

KINDS = {"credit_cited", "credit_unsettled", "kin_of_staff", "card_kept"}
DIBAO = [aid("dibao")]
REFUSED = ("dibao", "refused", date(2026, 5, 4))


def with_credit(**facts):
    told = {f"person.credit_{name}": value for name, value in facts.items()}
    return a_case({"a": {"person.credit_basis": "concealment", **told}})


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"objection": "open"}, "有异议，还没有结论"),
        ({"objection": "upheld"}, "异议已经成立，记录还在"),
        ({"repair": "applied"}, "已申请信用修复，还没有办"),
        ({"until": ON - timedelta(days=1)}, f"已在 {ON - timedelta(days=1)} 到期，没有修复"),
    ],
)
def test_what_is_open_in_a_credit_record_is_told(facts, said):
    (one,) = found(with_credit(**facts), "credit_unsettled")
    assert said in one.says
    assert one.subjects == ("H-1-a",)
    assert one.evidence == ("R-H-1-1",)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"until": ON},
        {"until": ON - timedelta(days=1), "repair": "repaired"},
        {"objection": "rejected"},
        {"basis": "none", "objection": "open"},
    ],
)
def test_a_credit_record_with_nothing_open_is_left_alone(facts):
    assert not KINDS & kinds(with_credit(**facts))


def test_a_credit_record_changes_no_answer():
    credit = {"person.credit_basis": "fraud", "person.credit_from": date(2025, 1, 1)}
    plain, credit = a_case({"a": {}}, ledger=DIBAO), a_case({"a": credit}, ledger=DIBAO)
    assert [one.key for one in found(plain)] == [one.key for one in found(credit)]


def test_contradicting_sources_about_credit_stay_sealed():
    told = {"person.credit_basis": "fraud", "source": "court", "state": FactState.VERIFIED}
    case = a_case({"a": {"person.credit_basis": "none"}})
    (record, *rest) = case.records
    again = record.model_copy(update={"id": "R-2", "source": "court", "facts": {
        name: value for name, value in told.items() if "." in name}})  # fmt: skip
    case = case.model_copy(update={"records": (record, *rest, again)})
    assert not [one for one in found(case) if "失信" in one.says]


@pytest.mark.parametrize("reason", ["有失信记录", "信用不良"])
def test_basic_aid_that_was_refused_for_credit_is_told(reason):
    case = a_case({"a": {}}, applications=[REFUSED], reason=reason)
    (one,) = found(case, "credit_cited")
    assert "条件里没有这一条" in one.says
    assert one.policies == ("dibao",)
    assert one.evidence == ("Q-H-1-1",)


@pytest.mark.parametrize(
    ("application", "reason"),
    [
        (REFUSED, "收入超过标准"),
        (REFUSED, None),
        (("dibao", "granted", date(2026, 5, 4)), "失信记录不影响"),
        (("visit_care", "refused", date(2026, 5, 4)), "有失信记录"),
        (("dibao", "refused", ON + timedelta(days=1)), "有失信记录"),
    ],
)
def test_another_reason_or_another_aid_is_no_finding(application, reason):
    case = a_case({"a": {}}, applications=[application], reason=reason)
    assert "credit_cited" not in kinds(case)


def test_a_filed_relative_of_the_staff_is_told_where_aid_is_given_or_asked_for():
    kin = {"a": {"person.kin_of_staff": True}}
    (one,) = found(a_case(kin, ledger=DIBAO), "kin_of_staff")
    assert "备案本身不影响" in one.says
    assert set(one.evidence) == {"R-H-1-1", "A-H-1-1"}
    asked = a_case(kin, applications=[("dibao", "applied", date(2026, 6, 1))])
    assert "kin_of_staff" in kinds(asked)
    assert not KINDS & kinds(a_case(kin))
    assert not KINDS & kinds(a_case({"a": {"person.kin_of_staff": False}}, ledger=DIBAO))


@pytest.mark.parametrize(
    ("kept", "is_told"), [("unfiled", True), ("filed", False), ("self", False)]
)
def test_a_card_in_other_hands_is_told_when_nobody_filed_it(kept, is_told):
    case = a_case({"a": {"person.card_custody": kept}}, ledger=DIBAO)
    assert ("card_kept" in kinds(case)) is is_told
    assert "card_kept" not in kinds(a_case({"a": {"person.card_custody": kept}}))
