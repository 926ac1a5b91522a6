"""Replays a recording with the very code that decides live: the classifier, the packs, the fold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Literal

from services.classify.adapters.engine import Classifier
from services.cli.replay.sources import (
    Judge,
    Tally,
    fact_batches,
    organisation,
    raw_batches,
    with_released,
)
from services.respond.core.decisions import (
    CHAIN_START,
    CORE_VERSION,
    CaseOpened,
    ClockBreached,
    Decision,
    EffectDecided,
    EffectMoved,
    PageRaised,
    chain,
)
from services.respond.core.fold import PackMissing, Place, fold
from services.respond.core.state import State
from shared.contracts.facts import Fact, Stored
from shared.contracts.org import ModelActivated, PolicyActivated
from shared.contracts.system import DecisionsRecorded, FactQuarantined
from shared.errors import UserError
from shared.policy.model import Pack
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from shared.runtime.text_tables import load_tables
from shared.testing.recording import Recording, open_recording, read_lines
from shared.testing.report import ReplayReport

DEFAULT_PACK = "company"
Verdicts = Literal["auto", "recorded", "compute"]
Watch = Callable[[State, Sequence[Stored]], None]


@dataclass(slots=True)
class _Run:
    """What a replay gathers on its way."""

    forced: Pack | None
    objects: dict[str, bytes] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    lines: list[str] = field(default_factory=list)
    digest: str = CHAIN_START
    digests: set[str] = field(default_factory=set)
    recorded: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    replies: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)

    def take(self, decisions: list[Decision], lines: list[str]) -> None:
        """Chain the lines and count what people ask for."""
        self.lines += lines
        for each_line in lines:
            self.digest = chain(self.digest, [each_line])
            self.digests.add(self.digest)
        for each in decisions:
            self._count(each)

    def _count(self, decision: Decision) -> None:
        match decision:
            case EffectDecided(effect_kind="send_reply"):
                self.replies.add(decision.effect_id)
            case EffectMoved(status="done") if decision.effect_id in self.replies:
                self._one("replies")
            case CaseOpened():
                self._one("cases")
            case ClockBreached():
                self._one("breaches")
            case PageRaised():
                self._one("pages")
            case _:
                pass

    def _one(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def replay(
    path: Path,
    *,
    pack: str | Pack | None = None,
    verdicts: str = "auto",
    policies_dir: Path | None = None,
    weights_dir: Path | None = None,
    watch: Watch | None = None,
) -> ReplayReport:
    """Replay `path` on virtual time and return what was decided.

    `watch` sees the state after each batch.

    `pack` is or names the pack that judges: for a raw stream `company` unless named; for a record of
    the log the packs it carries, unless one is named to stand in for all. `verdicts` is
    `recorded` (only for a record of the log), `compute`, or `auto`.

    Raises:
        UserError: the file, the pack or the weights cannot be used, or a record lacks a pack.
    """
    started = perf_counter()
    recording = open_recording(path)
    mode = _mode(recording, verdicts)
    name = pack or (None if recording.of_facts else DEFAULT_PACK)
    packs_dir = policies_dir or default_policies_dir()
    run = _Run(forced=read_pack(packs_dir, name) if isinstance(name, str) else name)
    classifier = _classifier(weights_dir) if mode == "compute" else None
    skip = _quarantined(recording) if recording.of_facts else frozenset()
    state = State()
    batches = _batches(recording, run, classifier)
    for batch in with_released(batches, {place.seq for place in skip}):
        _watch(run, batch)
        folded = _fold(state, batch, run, skip)
        run.take(folded[0], folded[1])
        if watch is not None:
            watch(state, batch)
    return _report(run, mode, classifier, perf_counter() - started)


def _mode(recording: Recording, verdicts: str) -> str:
    if verdicts not in {"auto", "recorded", "compute"}:
        raise UserError(f"unknown verdicts '{verdicts}'", fix="say auto, recorded or compute")
    if verdicts == "recorded" and not recording.of_facts:
        where, fix = str(recording.path), "leave --verdicts out, or say compute"
        raise UserError("a raw stream holds no verdicts", where=where, fix=fix)
    return verdicts if verdicts != "auto" else "recorded" if recording.of_facts else "compute"


def _classifier(weights_dir: Path | None) -> Classifier:
    return Classifier.load(weights_dir, load_tables())


def _batches(
    recording: Recording, run: _Run, classifier: Classifier | None
) -> Iterator[list[Stored]]:
    lines = read_lines(recording)
    judge: Judge | None = classifier.judge if classifier else None
    if recording.of_facts:
        model = classifier.model if classifier else ""
        return fact_batches(lines, run.tally, run.objects, judge, model)
    if classifier is None or run.forced is None or judge is None:
        raise UserError("a raw stream needs a model and a pack", where=str(recording.path))
    forced, model = run.forced, classifier.model
    run.packs[forced.content_hash()] = forced

    def head(start: datetime) -> list[Fact]:
        return organisation(forced.name, forced.content_hash(), model, start)

    return raw_batches(lines, run.tally, judge, head)


def _fold(
    state: State, batch: list[Stored], run: _Run, skip: frozenset[Place]
) -> tuple[list[Decision], list[str]]:
    try:
        folded = fold(state, batch, run.packs, skip)
    except PackMissing as missing:
        run.packs |= _packs(missing.pack_hashes, run)
        folded = fold(state, batch, run.packs, skip)
    return folded.decisions, folded.lines


def _packs(hashes: tuple[str, ...], run: _Run) -> Mapping[str, Pack]:
    if run.forced is not None:
        return dict.fromkeys(hashes, run.forced)
    found = {}
    for each in hashes:
        body = run.objects.get(each)
        if body is None:
            fix = "name a pack with --pack, or record again with 'zhishou record'"
            raise UserError(f"the recording lacks the pack {each[:12]}", fix=fix)
        found[each] = Pack.model_validate_json(body)
    return found


def _quarantined(recording: Recording) -> frozenset[Place]:
    facts = (getattr(line, "stored", None) for line in read_lines(recording))
    marks = (each.fact for each in facts if each is not None)
    return frozenset(
        Place(fact.seq, fact.part)
        for fact in marks
        if isinstance(fact, FactQuarantined) and fact.where != "classify"
    )


def _watch(run: _Run, batch: list[Stored]) -> None:
    for each in batch:
        if isinstance(each.fact, PolicyActivated):
            run.hashes.add(each.fact.pack_hash[:12])
        elif isinstance(each.fact, ModelActivated):
            run.models.add(each.fact.model)
        elif isinstance(each.fact, DecisionsRecorded):
            run.recorded.append(each.fact.chain)


def _report(run: _Run, mode: str, classifier: Classifier | None, seconds: float) -> ReplayReport:
    pack = f"{run.forced.name}@{run.forced.content_hash()[:12]}" if run.forced else ""
    return ReplayReport(
        digest=run.digest,
        lines=run.tally.lines,
        items=run.tally.items,
        own_posts=run.tally.own_posts,
        facts=run.tally.facts,
        rejected=dict(sorted(run.tally.rejected.items())),
        cases=run.counts.get("cases", 0),
        replies=run.counts.get("replies", 0),
        breaches=run.counts.get("breaches", 0),
        pages=run.counts.get("pages", 0),
        seconds=round(seconds, 3),
        core_version=CORE_VERSION,
        pack=pack or ",".join(sorted(run.hashes)),
        model=classifier.model if classifier else ",".join(sorted(run.models)),
        mode=mode,
        recorded_digest=run.recorded[-1] if run.recorded else "",
        reproduced=run.digests.issuperset(run.recorded) if run.recorded else None,
        decisions=tuple(run.lines),
    )
