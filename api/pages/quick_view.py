"""What the page of the quick check shows (快速预审页面): choices, and the answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from api.deps import DISTRICT_DIGITS, LATEST, Desk, Visit
from api.pages.facts_view import choices_of
from api.pages.names import Labels
from api.pages.quick_form import ELSEWHERE, HOUSEHOLD_FACTS, MEMBER_FACTS, MOST_MEMBERS, QuickForm
from api.pages.views import Choice, GroupView, NoticeLine
from matching.errors import InputError
from matching.vocabulary import fact_spec

__all__ = ["QuickAnswer", "offered_places", "person_aid", "place_words", "quick_page"]

STREET_DIGITS = 9
# What a family says of its registration, in place of a division code.
_HUKOU = (
    Choice("district", "本区户籍"),
    Choice("city", "本市户籍，哪个区不清楚"),
    Choice("elsewhere", "外省市户籍"),
)
_LISTED_FORMS = frozenset({"cash", "status"})


@dataclass(frozen=True, slots=True)
class QuickOptions:
    """What the form offers to choose from."""

    places: tuple[Choice, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    household_aid: tuple[Choice, ...]
    person_aid: tuple[Choice, ...]
    uncounted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """The answer below the form."""

    notices: tuple[NoticeLine, ...]
    groups: tuple[GroupView, ...]
    on: date


@dataclass(frozen=True, slots=True)
class QuickPage:
    """The form as typed, what is wrong with it, and the answer once it was asked for."""

    form: QuickForm
    options: QuickOptions
    can_add: bool
    problem: str
    findings: tuple[str, ...]
    answer: QuickAnswer | None


def quick_page(
    visit: Visit, form: QuickForm, answer: QuickAnswer | None, error: InputError | None
) -> QuickPage:
    """The page for a form as it stands."""
    findings = error.findings if error is not None else ()
    return QuickPage(
        form=form,
        options=_options(visit, form),
        can_add=len(form.members) < MOST_MEMBERS,
        problem=error.detail if error is not None else "",
        findings=tuple(f"{finding.what}{finding.cure}" for finding in findings),
        answer=answer,
    )


def _options(visit: Visit, form: QuickForm) -> QuickOptions:
    places = offered_places(visit)
    home = form.place if form.place in {choice.value for choice in places} else places[0].value
    labels = Labels(visit.desk.catalogue, home, _day(form))
    offered = {name: _choices(name) for name in (*MEMBER_FACTS, *HOUSEHOLD_FACTS)}
    household, person = _aid(labels, "household"), _aid(labels, "person")
    choices = {**offered, "person.hukou": _HUKOU}
    return QuickOptions(places, choices, household, person, _uncounted(labels, _day(form)))


def _uncounted(labels: Labels, day: date) -> tuple[str, ...]:
    """What the place does not count as income on a day, doubt included."""
    held = [one for one in labels.pack.uncounted if one.period.holds(day)]
    return tuple(
        one.item
        + (f"（{one.note}）" if one.note else "")
        + ("（出处未核实，请问民政）" if one.flag == "unverified" else "")
        for one in held
    )


def _day(form: QuickForm) -> date:
    try:
        return date.fromisoformat(form.on)
    except ValueError:
        return LATEST


def _choices(name: str) -> tuple[Choice, ...]:
    spec = fact_spec(name)
    return choices_of(spec) if spec is not None else ()


def person_aid(labels: Labels) -> frozenset[str]:
    """Ids of what a member may receive for himself."""
    return frozenset(choice.value for choice in _aid(labels, "person"))


def _aid(labels: Labels, subject: str) -> tuple[Choice, ...]:
    """What the ledger of a family usually holds: money and recognised status."""
    policies = labels.pack.policies.values()
    return tuple(
        Choice(policy.id, policy.label_on(labels.on))
        for policy in sorted(policies, key=lambda policy: policy.id)
        if policy.kind == "policy" and policy.subject == subject and not policy.per_event
        if policy.form in _LISTED_FORMS and policy.period.holds(labels.on)
    )


def place_words(desk: Desk) -> Callable[[str], str]:
    """Names of places, also of the one that stands for everywhere else."""
    return lambda code: "外省市" if code == ELSEWHERE else desk.place_words(code)


def offered_places(visit: Visit) -> tuple[Choice, ...]:
    """Streets in the scope of the account; the place itself where it has none."""
    desk, scope = visit.desk, visit.who.user.scope
    inside = [code for code in desk.places if len(code) >= DISTRICT_DIGITS and scope.covers(code)]
    wanted = [code for code in inside if len(code) <= STREET_DIGITS] or inside
    codes = sorted(wanted) or [desk.home_of(visit.who)]
    return tuple(Choice(code, desk.place_words(code)) for code in codes)
