"""Records of people who do not exist, valid by default, and how they are put together."""

from datetime import date

from hypothesis import strategies as st

from matching.id_number import check_digit
from matching.identity.compare import Comparer
from matching.identity.normalise import read_delivery
from matching.identity.records import Decision, Delivery, IdState, PersonRecord, Verdict
from matching.identity.register import Register
from seed.linkage_files import load_characters, load_linkage_model

DAY = date(2026, 6, 30)
CHARACTERS = load_characters()
MODEL = load_linkage_model()
COMPARER = Comparer(CHARACTERS)


def an_id(birth=date(1980, 5, 17), order=12, area="990001"):
    first17 = f"{area}{birth:%Y%m%d}{order:03d}"
    return first17 + check_digit(first17)


def a_record(source="civil_affairs", source_id="1", **changed):
    """Whoever 陈示梅 is: everything known, nothing masked."""
    values = {
        "received": 1,
        "as_of": DAY,
        "name": "陈示梅",
        "id_number": an_id(),
        "id_state": IdState.VALID,
        "birth": date(1980, 5, 17),
        "sex": "f",
        "phones": ("00012345678",),
        "address": "示范路12弄3号402",
    } | changed
    if values["id_number"] is None:
        values["id_state"] = None
    return PersonRecord(source=source, source_id=source_id, **values)


def a_row(**changed):
    return {
        "source_id": "1",
        "name": "陈示梅",
        "id_number": an_id(),
        "birth_date": "1980-05-17",
        "sex": "女",
        "phone": "00012345678",
        "address": "示范路12弄3号402室",
    } | changed


def read(*rows, source="civil_affairs", received=1, on=DAY):
    return read_delivery(Delivery(source, received, on, tuple(rows)), CHARACTERS)


def read_one(**changed):
    (record,) = read(a_row(**changed)).records
    return record


def codes(record, column):
    return [remark.code for remark in record.remarks if remark.column == column]


def a_register(*records, largest_block=80):
    register = Register(MODEL, CHARACTERS, largest_block)
    register.add(records)
    return register


def a_decision(left, right, verdict=Verdict.SAME, number=1):
    return Decision(left, right, verdict, number, by="user-1", reason="电话核实")


def persons(register):
    """Who is with whom, without names of clusters."""
    return {cluster.members for cluster in register.clusters()}


NAMES = ["陈示梅", "陈示煤", "陈梅示", "陈梅", "陈示兰", "王例强", "王例墙", "陈*梅", None]
BIRTHS = [date(1980, 5, 17), date(1980, 5, 7), date(1980, 1, 1), date(2010, 9, 3), None]
BIRTHS += [date(1980, 4, 7), date(1980, 7, 4)]
IDS = [an_id(), an_id(order=14), an_id(date(2010, 9, 3)), None, None]
IDS += [an_id()[:16] + an_id()[17] + an_id()[16], an_id()[:6] + "*" * 8 + an_id()[14:]]
PHONES = [(), ("00012345678",), ("00012345687",), ("00012345678", "00055555555")]
ADDRESSES = [None, "示范路12弄3号402", "示范路12弄3号", "样板路9弄1号101"]


def state_of_id(number):
    if number is None:
        return None
    if "*" in number:
        return IdState.MASKED
    return IdState.VALID if number in (IDS[0], IDS[1], IDS[2]) else IdState.FAULTY


@st.composite
def some_records(draw, sources=("a", "b", "c"), ids=("1", "2", "3", "4"), received=None):
    """Any record out of few values, so that collisions are the rule."""
    number = draw(st.sampled_from(IDS))
    return a_record(
        draw(st.sampled_from(sources)),
        draw(st.sampled_from(ids)),
        received=received or draw(st.integers(1, 6)),
        as_of=draw(st.sampled_from([date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)])),
        name=draw(st.sampled_from(NAMES)),
        id_number=number,
        id_state=state_of_id(number),
        birth=draw(st.sampled_from(BIRTHS)),
        sex=draw(st.sampled_from(["f", "m", None])),
        phones=draw(st.sampled_from(PHONES)),
        address=draw(st.sampled_from(ADDRESSES)),
    )
