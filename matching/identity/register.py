"""Records by batch, people's decisions, and the persons that follow (增量归并).

After any sequence of deliveries and decisions the persons are those of one run over everything: a
batch that comes twice changes nothing, an older one after a newer one is kept and does not hold.
The register only suggests: it joins no files, and a decision of a person outranks its figures.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from matching.errors import InputError
from matching.identity.barriers import Barrier, barrier_between
from matching.identity.blocking import LARGEST_BLOCK, LargeBlock, keys_of, large_block
from matching.identity.characters import Characters
from matching.identity.clusters import Cluster, Link, Refusal, Rules, join, state_of
from matching.identity.compare import Comparer, IdLevel, NameLevel, Vector
from matching.identity.model import REVIEW, LinkageModel, score_pair
from matching.identity.records import Decision, PersonRecord, Verdict

__all__ = ["Added", "Register"]

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the records of a delivery; the figures add up to its records."""

    new: int = 0
    replaced: int = 0  # a newer version of a line
    repeated: int = 0  # said before, word for word
    older: int = 0  # kept, but a newer version holds
    restored: int = 0  # said before; it turns out to have come earlier, which changes what holds


class Register:
    """All records of all lists and the persons among them.

    Args:
        model: figures; fixed while records come in.
        characters: tables of alike characters.
        largest_block: records that may share a key before the key says nothing.
        too_large: keys that say nothing because many records share them that are not here.
    """

    def __init__(
        self,
        model: LinkageModel,
        characters: Characters,
        largest_block: int = LARGEST_BLOCK,
        too_large: Collection[str] = frozenset(),
    ):
        self.model = model
        self._characters = characters
        self._comparer = Comparer(characters)
        self._largest = largest_block
        self._too_large = too_large
        self._versions: dict[str, dict[tuple[object, ...], PersonRecord]] = {}
        self._current: dict[str, PersonRecord] = {}
        self._first_received: dict[str, int] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._blocks: dict[str, list[str]] = {}  # most hold one record: a set would be large
        self._links: dict[str, dict[str, Link]] = {}
        self._decisions: dict[Pair, Decision] = {}
        self._decided: dict[str, set[str]] = {}
        self._history: list[Decision] = []
        self._clusters: dict[str, Cluster] = {}  # by member
        self._refusals: dict[Pair, Refusal] = {}
        self._changed: set[str] = set()

    # What goes in

    def add(self, records: Iterable[PersonRecord]) -> Added:
        """Take in records, in any order; the newest version of a line holds."""
        counts: Counter[str] = Counter()
        touched: set[str] = set()
        for record in records:
            what = self._keep(record)
            counts[what] += 1
            if what not in {"repeated", "older"}:
                touched.add(record.key)
        self._rebuild(touched)
        return Added(**counts)

    def decide(self, decision: Decision) -> None:
        """Note what a person decided; it may name records that have not come yet.

        Raises:
            InputError: the two are one record, or the number is used already.
        """
        if decision.left == decision.right:
            raise InputError("人工认定必须涉及两条不同的记录。")
        if decision in self._history:
            return
        if any(earlier.number == decision.number for earlier in self._history):
            raise InputError(f"人工认定的序号 {decision.number} 已经用过。")
        self._history.append(decision)
        held = self._decisions.get(decision.pair)
        if held is None or decision.number > held.number:
            self._decisions[decision.pair] = decision
        for one, other in (decision.pair, decision.pair[::-1]):
            self._decided.setdefault(one, set()).add(other)
            if one in self._current:
                self._changed.add(one)

    # What comes out

    @property
    def records(self) -> tuple[PersonRecord, ...]:
        """The version that holds of each line, in order of key."""
        return tuple(self._current[key] for key in sorted(self._current))

    def record(self, key: str) -> PersonRecord:
        """The version of one line that holds."""
        return self._current[key]

    def versions(self, key: str) -> tuple[PersonRecord, ...]:
        """Every version of one line that ever came, oldest first."""
        return tuple(sorted(self._versions[key].values(), key=_age))

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision ever taken, in order of number."""
        return tuple(sorted(self._history, key=lambda decision: decision.number))

    def decisions_in_force(self, verdict: Verdict) -> frozenset[Pair]:
        """Pairs whose last decision is this one."""
        return frozenset(p for p, d in self._decisions.items() if d.verdict is verdict)

    def waiting_decisions(self) -> tuple[Decision, ...]:
        """Decisions about a record that has not come."""
        return tuple(d for d in self.decisions if not {d.left, d.right} <= self._current.keys())

    def clusters(self) -> tuple[Cluster, ...]:
        """Every person, in order of key; a record that nobody resembles is a person too."""
        self._recluster()
        distinct = {cluster.key: cluster for cluster in self._clusters.values()}
        return tuple(distinct[key] for key in sorted(distinct))

    def cluster_of(self, key: str) -> Cluster:
        """The person that a record belongs to."""
        self._recluster()
        return self._clusters[key]

    def refusals(self) -> tuple[Refusal, ...]:
        """Pairs that one reason joins and another keeps apart, in order."""
        self._recluster()
        return tuple(self._refusals[pair] for pair in sorted(self._refusals))

    def links(self) -> tuple[Link, ...]:
        """Pairs that are at least worth a look, in order."""
        both = (link for own in self._links.values() for link in own.values())
        return tuple(sorted({link.pair: link for link in both}.values(), key=lambda k: k.pair))

    def open_reviews(self) -> tuple[Link, ...]:
        """Pairs that a person should look at: in the band or behind a barrier, and undecided."""
        self._recluster()
        return tuple(
            link
            for link in self.links()
            if state_of(link) != "no"
            and self._clusters[link.left] is not self._clusters[link.right]
            and link.pair not in self._decisions
        )

    def contradictions(self) -> tuple[Link, ...]:
        """Pairs of one name and birth date with two valid numbers: one list may be wrong."""
        return tuple(link for link in self.links() if _contradicts(link.vector))

    def large_blocks(self) -> tuple[LargeBlock, ...]:
        """Keys that too many records share, so that they were not compared by it."""
        large = (large_block(k, len(b)) for k, b in self._blocks.items() if self._is_large(k))
        return tuple(sorted(large))

    def candidates(self) -> Iterable[Pair]:
        """Every pair that is compared, once."""
        for key in sorted(self._current):
            yield from ((key, other) for other in self._neighbours(key) if key < other)

    # How it is kept

    def _keep(self, record: PersonRecord) -> str:
        """Store a version; say what it is to the line: new, replaced, repeated or older."""
        key, content = record.key, _content(record)
        versions = self._versions.setdefault(key, {})
        first = self._first_received.get(key, record.received)
        if record.received < first and key in self._current:
            self._changed.add(key)  # its person may be named after it from now on
        self._first_received[key] = min(first, record.received)
        known = versions.get(content)
        if known is None or record.received < known.received:
            versions[content] = record
        before = self._current.get(key)
        newest = self._current[key] = max(versions.values(), key=_age)
        if before is None:
            return "new"
        if newest is not before and _content(newest) != _content(before):
            return "replaced" if known is None else "restored"
        return "older" if known is None else "repeated"

    def _is_large(self, block_key: str) -> bool:
        return self._is_over(block_key, self._blocks[block_key])

    def _is_over(self, block_key: str, block: Sequence[str]) -> bool:
        return len(block) > self._largest or block_key in self._too_large

    def _neighbours(self, key: str) -> set[str]:
        near: set[str] = set()
        for block_key in self._keys[key]:
            block = self._blocks[block_key]
            if not self._is_over(block_key, block):
                near.update(block)
        near.discard(key)
        return near

    def _rebuild(self, touched: set[str]) -> None:
        """Put the touched records into their blocks and compare what that asks for."""
        moved = self._move(touched)
        again = set(touched)
        for block_key, was_large in moved.items():
            if self._is_large(block_key) != was_large:
                again.update(self._blocks[block_key])
        for key in again:
            self._unlink(key)
        for key in again:
            for other in self._neighbours(key):
                if other not in again or key < other:
                    self._compare(key, other)
        self._changed |= again

    def _move(self, touched: set[str]) -> dict[str, bool]:
        """Bring the blocks up to date; blocks that changed, with whether they were too large."""
        moved: dict[str, bool] = {}
        for key in touched:
            before = frozenset(self._keys.get(key, ()))
            after = keys_of(self._current[key], self._characters)
            self._keys[key] = tuple(after)
            for block_key in before ^ after:
                block = self._blocks.setdefault(block_key, [])
                moved.setdefault(block_key, self._is_over(block_key, block))
                if block_key in after:
                    block.append(key)
                else:
                    block.remove(key)
        return moved

    def _unlink(self, key: str) -> None:
        for other in self._links.pop(key, {}):
            self._links.get(other, {}).pop(key, None)
            self._changed.add(other)

    def _compare(self, one: str, other: str) -> None:
        left, right = (one, other) if one < other else (other, one)
        a, b = self._current[left], self._current[right]
        vector = self._comparer.compare(a, b)
        score = score_pair(self.model, a, b, vector)
        if score.probability < REVIEW and not (_contradicts(vector) or _one_number(vector)):
            return
        link = Link(left, right, vector, score, barrier_between(a, b, vector))
        self._links.setdefault(left, {})[right] = link
        self._links.setdefault(right, {})[left] = link

    def _matches_of(self, key: str) -> Iterable[str]:
        """Records that a matching link or a decision "same" leads to."""
        for other, link in self._links.get(key, {}).items():
            if state_of(link) == "match":
                yield other
        for pair in self._joined_by_people(key):
            yield pair[1] if pair[0] == key else pair[0]

    def _joined_by_people(self, key: str) -> Iterable[Pair]:
        for other in self._decided.get(key, ()):
            pair = (key, other) if key < other else (other, key)
            if other in self._current and self._decisions[pair].verdict is Verdict.SAME:
                yield pair

    def _recluster(self) -> None:
        """Join again whatever hangs together with a changed record."""
        waiting = set(self._changed)
        for key in self._changed:
            if key in self._clusters:
                waiting.update(self._clusters[key].members)
        self._changed = set()
        rules = self._rules()
        while waiting:
            component = self._component(waiting.pop())
            waiting -= component
            self._put(component, rules)

    def _component(self, start: str) -> set[str]:
        seen, ahead = {start}, [start]
        while ahead:
            for other in self._matches_of(ahead.pop()):
                if other not in seen:
                    seen.add(other)
                    ahead.append(other)
        return seen

    def _put(self, component: set[str], rules: Rules) -> None:
        links = {
            link.pair: link
            for key in component
            for link in self._links.get(key, {}).values()
            if state_of(link) == "match"
        }
        same = {pair for key in component for pair in self._joined_by_people(key)}
        clusters, refusals = join(
            sorted(component), links.values(), replace(rules, same=frozenset(same))
        )
        for pair in [pair for pair in self._refusals if not component.isdisjoint(pair)]:
            del self._refusals[pair]
        self._refusals |= {refusal.pair: refusal for refusal in refusals}
        for cluster in clusters:
            for member in cluster.members:
                self._clusters[member] = cluster

    def _rules(self) -> Rules:
        return Rules(
            barrier=self._barrier,
            different=self.decisions_in_force(Verdict.DIFFERENT),
            same=frozenset(),  # those of each component are put in when it is joined
            first_received=self._first_received,
        )

    def _barrier(self, left: str, right: str) -> Barrier | None:
        a, b = self._current[left], self._current[right]
        return barrier_between(a, b, self._comparer.compare(a, b))


def _content(record: PersonRecord) -> tuple[object, ...]:
    """A version without the number of the delivery that brought it."""
    return (record.as_of, *_said(record))


def _said(record: PersonRecord) -> Sequence[str]:
    cells = (record.name, record.id_number, record.birth, record.sex, record.phones, record.address)
    return [str(cell) for cell in (*cells, record.birth_from_id, record.remarks)]


def _age(record: PersonRecord) -> tuple[object, ...]:
    """Later days hold; of one day the later delivery; of one delivery the order of content."""
    return (record.as_of, record.received, *_said(record))


def _one_number(vector: Vector) -> bool:
    """One right number, however little else agrees: it is asked whose it is."""
    return vector[1] is IdLevel.EQUAL


def _contradicts(vector: Vector) -> bool:
    """Everything of one person but two valid numbers: one of the lists holds a wrong one."""
    name, number, birth, *_ = vector
    return number is IdLevel.TWO_VALID and name is NameLevel.EQUAL and birth == 0
