"""One builder per fact, with believable defaults; tests name only what they are about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from shared.contracts.facts import Fact, Stored
from shared.contracts.ids import item_id
from shared.contracts.items import (
    Author,
    ItemClassified,
    ItemDeleted,
    ItemEdited,
    ItemKind,
    ItemReceived,
    Thread,
)
from shared.contracts.operators import (
    CaseClaimed,
    CaseResolved,
    ReplyApproved,
    ReplyDrafted,
    ReplySendRequested,
    ReplySubmitted,
    ReplyUndone,
)
from shared.contracts.org import (
    AccountRegistered,
    Contact,
    Duty,
    PersonRegistered,
    PolicyActivated,
    Role,
    RosterSet,
)
from shared.contracts.posts import PostSeen
from shared.contracts.system import (
    ClockTicked,
    EffectFinished,
    EffectStarted,
    LeaderElected,
    Receipt,
)
from shared.contracts.verdicts import Label, Verdict

START = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
ACCOUNT = "weibo-mall"


def at(seconds: float) -> datetime:
    """Return the moment `seconds` after the start of every story."""
    return START + timedelta(seconds=seconds)


def the_item(native_id: str = "c1", account: str = ACCOUNT, kind: str = "comment") -> str:
    """Return the item id of a comment."""
    return item_id("weibo", account, kind, native_id)


def a_comment(
    native_id: str = "c1",
    text: str = "昨天买的蛋糕发霉了,没人管",
    *,
    author: str = "u1",
    post: str | None = "p1",
    account: str = ACCOUNT,
    version: str = "v1",
    kind: ItemKind = ItemKind.COMMENT,
    followers: int | None = None,
) -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id=account,
        item_id=the_item(native_id, account, kind),
        item_version=version,
        item_kind=kind,
        native_id=native_id,
        author=Author(author_id=author, name=f"顾客{author}", followers=followers),
        thread=Thread(post_id=post),
        text=text,
        published_at=START,
        source="poll",
    )


def an_edit(
    native_id: str = "c1",
    text: str = "昨天买的蛋糕发霉了,已退款",
    *,
    version: str = "v2",
    account: str = ACCOUNT,
    author: str | None = None,
) -> ItemEdited:
    return ItemEdited(
        platform="weibo",
        account_id=account,
        item_id=the_item(native_id, account),
        item_version=version,
        native_id=native_id,
        text=text,
        edited_at=START,
        author=Author(author_id=author) if author else None,
    )


def a_deletion(native_id: str = "c1", *, account: str = ACCOUNT) -> ItemDeleted:
    return ItemDeleted(
        platform="weibo",
        account_id=account,
        item_id=the_item(native_id, account),
        item_version="v1",
        native_id=native_id,
        deleted_by="author",
    )


def a_verdict(
    native_id: str = "c1",
    *labels: Label,
    version: str = "v1",
    account: str = ACCOUNT,
    model: str = "m1",
    abstained: bool = False,
    anger: int = 0,
    degraded: tuple[str, ...] = (),
    probability: float = 0.9,
    kind: str = "comment",
) -> ItemClassified:
    verdict = Verdict.of(
        dict.fromkeys(labels, probability),
        decided=labels,
        abstained=abstained,
        anger=anger,
        model=model,
        degraded=degraded,
    )
    return classified(the_item(native_id, account, kind), version, verdict)


def together(verdicts: Sequence[Verdict]) -> ItemClassified:
    """Return the one fact of a batch of verdicts."""
    return ItemClassified.of([(each.item_id, each.item_version) for each in verdicts], verdicts)


def classified(item_id: str, version: str, verdict: Verdict) -> ItemClassified:
    return ItemClassified.of([(item_id, version)], [verdict])


def an_account(account: str = ACCOUNT, pack: str = "company") -> AccountRegistered:
    return AccountRegistered(
        revision="r1",
        account_id=account,
        platform="weibo",
        native_id=f"n-{account}",
        name="锦绣清城购物广场",
        pack=pack,
    )


def a_person(person: str = "li", *roles: Role, active: bool = True) -> PersonRegistered:
    return PersonRegistered(
        revision="r1", person_id=person, name=person, roles=roles or (Role.LEAD,), active=active
    )


def a_roster(*people: str, hours: int = 24 * 30) -> RosterSet:
    return RosterSet(
        revision=",".join(people),
        duties=tuple(
            Duty(
                person_id=person,
                start=START - timedelta(hours=1),
                end=START + timedelta(hours=hours),
                contacts=(Contact(channel="console_log", address_ref=f"log-{person}"),),
            )
            for person in people
        ),
    )


def an_activation(pack_hash: str, pack: str = "company") -> PolicyActivated:
    return PolicyActivated(pack=pack, pack_hash=pack_hash, activated_by="li")


def a_claim(case_id: str, person: str = "li", op: str = "op-claim") -> CaseClaimed:
    return CaseClaimed(op_id=op, person_id=person, case_id=case_id)


def a_draft(
    case_id: str,
    text: str = "您好,已为您登记,我们马上核实并给您答复。",
    *,
    person: str = "li",
    base: int = 0,
    op: str = "op-draft",
) -> ReplyDrafted:
    return ReplyDrafted(op_id=op, person_id=person, case_id=case_id, base_revision=base, text=text)


def a_submission(case_id: str, *, revision: int = 1, op: str = "op-submit") -> ReplySubmitted:
    return ReplySubmitted(op_id=op, person_id="li", case_id=case_id, revision=revision)


def an_approval(
    case_id: str,
    *,
    person: str = "li",
    revision: int = 1,
    send: bool = True,
    op: str = "op-approve",
) -> ReplyApproved:
    return ReplyApproved(op_id=op, person_id=person, case_id=case_id, revision=revision, send=send)


def a_send(case_id: str, *, revision: int = 1, op: str = "op-send") -> ReplySendRequested:
    return ReplySendRequested(op_id=op, person_id="li", case_id=case_id, revision=revision)


def an_undo(case_id: str, *, op: str = "op-undo") -> ReplyUndone:
    return ReplyUndone(op_id=op, person_id="li", case_id=case_id)


def a_resolution(case_id: str, *, reason: str = "", op: str = "op-resolve") -> CaseResolved:
    return CaseResolved(
        op_id=op, person_id="li", case_id=case_id, without_reply=bool(reason), reason=reason
    )


def a_start(effect_id: str, *, attempt: int = 1, term: int = 1) -> EffectStarted:
    return EffectStarted(
        effect_id=effect_id,
        attempt=attempt,
        term=term,
        body="",
        target="",
        pack_hash="",
        core_version="1",
    )


def an_end(
    effect_id: str, status: str = "done", *, attempt: int = 1, reason: str = ""
) -> EffectFinished:
    return EffectFinished.model_validate(
        {
            "effect_id": effect_id,
            "attempt": attempt,
            "term": 1,
            "status": status,
            "receipt": Receipt(native_id="r1"),
            "reason": reason,
        }
    )


def a_tick(tick: int = 1) -> ClockTicked:
    return ClockTicked(term=1, tick=tick)


def a_leader(rebuilt_to: int | None = None) -> LeaderElected:
    return LeaderElected(holder="h", previous_term=0, rebuilt_to=rebuilt_to)


def an_own_post(post: str = "p1", account: str = ACCOUNT) -> PostSeen:
    return PostSeen(
        platform="weibo", account_id=account, post_id=post, text="早安", published_at=START
    )


def stored(*facts: tuple[float, Fact] | Fact, first: int = 1) -> list[Stored]:
    """Return the facts as the log would keep them; a bare fact comes a second after the last."""
    seconds, out = 0.0, []
    for place, each in enumerate(facts):
        seconds, fact = each if isinstance(each, tuple) else (seconds + 1, each)
        out.append(Stored(seq=first + place, time=at(seconds), fact=fact))
    return out


def seqs(items: Iterable[Stored]) -> list[int]:
    return [each.seq for each in items]
