"""The kinds of findings (发现的种类): a name, what it is about, and which detectors it answers.

`D` and `M` are the detectors of docs/findings.md; `a1` to `a11` name the eleven of
missed aid, `b1` to `b8` the eight of double or wrong aid.
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["IDENTITY", "KINDS", "KindSpec", "about"]


@dataclass(frozen=True, slots=True)
class KindSpec:
    """One kind: its name, its group, its detectors.

    Groups: missed, double, wrong, household, identity, integrity. `across`: it takes several
    households to see it.
    """

    label: str
    group: str
    answers: tuple[str, ...] = ()
    across: bool = False


def _spec(label: str, group: str, answers: str = "", *, across: bool = False) -> KindSpec:
    return KindSpec(label, group, tuple(answers.split()), across)


KINDS: Mapping[str, KindSpec] = {
    "missed_definite": _spec("可能漏保：条件都已查实", "missed", "M1 a1 a2 a3 a9"),
    "missed_likely": _spec("可能漏保：还差一项要核实", "missed", "M2 a1 a2 a3 a9"),
    "acute_need": _spec("急难需求没有人接", "missed", "M3"),
    "underpaid": _spec("可能救不够", "missed"),
    "refused_may_pass": _spec("以前没通过，标准调整后可能符合", "missed", "a4"),
    "child_without_scheme": _spec("低保家庭的孩子可能漏了儿童保障", "missed", "a5"),
    "no_gradual_exit": _spec("新就业，可能漏了救助渐退", "missed", "a6"),
    "disregard_not_applied": _spec("就业收入可能没有豁免", "missed", "a7"),
    "status_expiring": _spec("认定快到期", "missed", "a8"),
    "sent_away": _spec("急难时可能被劝回", "missed", "a10"),
    "not_screened": _spec("今年还没有走访核查", "missed", "a11"),
    "lives_apart": _spec("人户分离，可能两头不管", "missed"),
    "exclusive_pair": _spec("可能重复：两项不能同时有", "double", "D2 b1"),
    "full_beside_other": _spec("可能重复：应当只补差额", "double", "D2 b8"),
    "same_need_twice": _spec("同一需求可能两家都在帮", "double", "D3 b4"),
    "paid_twice": _spec("同一项救助可能发了两份", "double", "D2"),
    "event_twice": _spec("同一件事可能救助了两次", "double", "b3"),
    "receipt_twice": _spec("同一张票据可能用了两次", "double", "b4"),
    "paid_in_two_places": _spec("两地可能都在发", "double", "D4 b6", across=True),
    "receipt_elsewhere": _spec("同一张票据可能在两户用过", "double", "b4", across=True),
    "paid_in_custody": _spec("服刑、强制戒毒期间可能还在发", "wrong", "D4 b2"),
    "paid_after_death": _spec("去世以后可能还在发", "wrong", "D4 b2"),
    "paid_while_missing": _spec("宣告失踪以后可能还在发", "wrong", "D4 b2"),
    "paid_after_move": _spec("迁出以后可能还在发", "wrong", "D4 b6"),
    "held_not_fitting": _spec("正在享受，条件可能已经变了", "wrong", "b5"),
    "basis_ended": _spec("依据的身份可能已经没有了", "wrong", "b7"),
    "paid_more": _spec("发的可能比规定多", "wrong", "b7 b8"),
    "facts_disagree": _spec("两个来源说法不一致", "wrong"),
    "record_unusable": _spec("记录的值不对，没有使用", "wrong"),
    "household_split": _spec("可能拆户", "household", "D5", across=True),
    "household_changed": _spec("申请前后户内人员有变动", "household", "D5"),
    "credit_cited": _spec("可能因失信没有给基本生活救助", "integrity"),
    "credit_unsettled": _spec("失信记录的异议或修复要办", "integrity"),
    "kin_of_staff": _spec("经办人员的近亲属，可能要回避", "integrity"),
    "card_kept": _spec("资金卡折由别人代管，没有备案", "integrity"),
    "same_person": _spec("很可能是同一个人", "identity", "D1", across=True),
    "perhaps_same": _spec("可能是同一个人", "identity", "D1", across=True),
    "fits_two": _spec("一条记录像两个人", "identity", "D1", across=True),
    "two_numbers": _spec("姓名、生日相同而身份证号不同", "identity", "D1", across=True),
}
IDENTITY = frozenset(kind for kind, spec in KINDS.items() if spec.group == "identity")


def about(*, across: bool) -> frozenset[str]:
    """The kinds that take one household, or several, to see; who is who is looked at by itself."""
    return frozenset(k for k, spec in KINDS.items() if spec.across is across) - IDENTITY
