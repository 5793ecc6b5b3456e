"""What templates are given (页面内容): closed values, already in words."""

from dataclasses import dataclass
from datetime import date

__all__ = [
    "Amount",
    "Card",
    "ChangeLine",
    "Changes",
    "Choice",
    "CorrectionPage",
    "DocumentLine",
    "FactGroup",
    "FactLine",
    "FactsPage",
    "FamilyPage",
    "GroupView",
    "HomePage",
    "HouseholdLine",
    "ListPage",
    "NoticeLine",
    "OtherDay",
    "PoliciesPage",
    "PolicyLine",
    "PolicySection",
    "Proof",
    "ProofFact",
    "ProofRow",
    "QuestionBox",
    "SignInPage",
    "StandardLine",
    "StandardSection",
    "StandardsPage",
    "Tag",
]


@dataclass(frozen=True, slots=True)
class Tag:
    """A word beside a title; `tone` is red, amber, teal or grey, never the only sign."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure with what it is: `180 元`, `每月`."""

    text: str
    note: str
    is_known: bool = True
    is_figure: bool = True


@dataclass(frozen=True, slots=True)
class ProofFact:
    """A fact below a condition, and where it comes from."""

    text: str
    origin: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One condition: mark and word, the condition, its facts, its clause."""

    mark: str
    tone: str
    says: str
    facts: tuple[ProofFact, ...]
    clause: str
    remark: str
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """Why it is said, for one subject: conditions, reminders, a link to the evidence."""

    whom: str
    rows: tuple[ProofRow, ...]
    remarks: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True)
class Card:
    """One item on the page; the same item for several members is one card with several proofs.

    A brief card says name, amount and reason; the rest is in the fold.
    """

    id: str
    policy: str
    label: str
    tag: Tag | None
    whom: str
    called: str
    amount: Amount | None
    why: str
    law: str
    door: str
    documents: tuple[str, ...]
    days: str
    unchecked: str
    is_brief: bool
    proofs: tuple[Proof, ...]
    gives: str = ""
    applicant: str = ""
    places: str = ""
    opens: str = ""
    is_far: bool = False


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group of cards; `rest` are shown folded."""

    id: str
    title: str
    note: str
    cards: tuple[Card, ...]
    rest: tuple[Card, ...] = ()
    rest_title: str = ""
    lines: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """An alert in words, urgent ones first."""

    level: str
    tone: str
    says: str
    whom: str
    law: str


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact: what, value, where from; `href` leads to its correction."""

    label: str
    value: str
    origin: str
    is_open: bool
    href: str


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts of the household, of one member or of one event."""

    title: str
    lines: tuple[FactLine, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionBox:
    """The one question at the top; `kind` says which control answers it."""

    text: str
    decides: str
    why: str
    fact: str
    about: str
    kind: str
    unit: str
    choices: tuple[Choice, ...]
    key: str
    skip: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """An item that stands differently on two days."""

    label: str
    whom: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two days, and the figures that the office has to enter."""

    before: str
    after: str
    lines: tuple[ChangeLine, ...]
    standards: tuple[str, ...]
    back: str


@dataclass(frozen=True, slots=True)
class OtherDay:
    """A link to the same family on another day."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """What a family can get on a day."""

    id: str
    title: str
    place: str
    on: date
    day: str
    other_day: OtherDay | None
    notices: tuple[NoticeLine, ...]
    question: QuestionBox | None
    facts: tuple[FactLine, ...]
    n_facts: int
    groups: tuple[GroupView, ...]
    changes: Changes | None
    done: str
    empty: str

    @property
    def printed(self) -> tuple[GroupView, ...]:
        """What goes on paper for the family: not what it cannot get."""
        return tuple(
            group for group in self.groups if group.id in ("entitled", "likely", "held", "offer")
        )


@dataclass(frozen=True, slots=True)
class FactsPage:
    """Everything that is known of a family on a day."""

    id: str
    title: str
    on: date
    day: str
    groups: tuple[FactGroup, ...]


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """The form for one fact."""

    id: str
    title: str
    on: date
    label: str
    whom: str
    now: str
    origin: str
    fact: str
    about: str
    kind: str
    unit: str
    choices: tuple[Choice, ...]
    given: tuple[str, ...]
    as_of: str
    today: date
    key: str
    problem: str


@dataclass(frozen=True, slots=True)
class HouseholdLine:
    """A household in a list."""

    id: str
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """Households in scope."""

    query: str
    lines: tuple[HouseholdLine, ...]
    next: str
    scope: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in form; `problem` says why the last try failed."""

    next: str
    account: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """For a role that has no desk yet."""

    name: str


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A policy in a list."""

    id: str
    label: str
    form: str
    department: str
    pack: str
    since: str
    kind: str


@dataclass(frozen=True, slots=True)
class PolicySection:
    """The policies of one kind of need."""

    id: str
    title: str
    lines: tuple[PolicyLine, ...]


@dataclass(frozen=True, slots=True)
class PoliciesPage:
    """What is in force at a place on a day, by need; `asked`: the words that were looked for."""

    on: date
    day: str
    place: str
    asked: str
    policies: int
    projects: int
    sections: tuple[PolicySection, ...]


@dataclass(frozen=True, slots=True)
class StandardLine:
    """A figure that has to be entered."""

    label: str
    why: str
    since: str
    pack: str
    policies: str


@dataclass(frozen=True, slots=True)
class StandardSection:
    """The figures that one department has to find."""

    id: str
    title: str
    lines: tuple[StandardLine, ...]


@dataclass(frozen=True, slots=True)
class StandardsPage:
    """Figures that are due, by department."""

    on: date
    day: str
    count: int
    sections: tuple[StandardSection, ...]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One paper to bring, and for what."""

    text: str
    wanted_for: str
