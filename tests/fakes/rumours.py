"""A post that is worded like a rumour, and what is said while others pass it on; all words are ours."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.respond.core.aggregates import Cascade, Case
from services.respond.core.cascade import Reading
from shared.contracts.facts import Fact
from shared.contracts.ids import token
from shared.contracts.items import ItemClassified, ItemKind, ItemReceived, Thread
from shared.contracts.verdicts import Label, Verdict
from shared.policy.cascade import SPARING, Hearing
from tests.fakes.builders import a_comment, a_tick, together
from tests.fakes.core_story import Story

RUMOUR_TEXT = "听说你们二楼的蛋糕吃坏了十几个人,店里压着不让说"
HEARING = Hearing(100_000, *SPARING)
NEITHER, DENIES, DOUBTS, DELIGHTS = "0", "1", "2", "4"


def a_reading(at: datetime, minutes: int = 15, **values: object) -> Reading:
    """Return what was believed of a rumour that is passed on."""
    known: dict[str, object] = {
        "likely": 730,
        "text": 620,
        "reposts": 42,
        "denial": 6,
        "doubt": 9,
        "delight": 1,
        "reach": 31_000,
        "lately": 42,
    }
    return Reading.model_validate({"at": at, "minutes": minutes, **known, **values})


def a_post(
    native_id: str = "s1",
    text: str = RUMOUR_TEXT,
    *,
    author: str = "teller",
    followers: int | None = 300,
) -> ItemReceived:
    """Return a post of a stranger that names the account."""
    return a_comment(
        native_id, text, author=author, post=native_id, kind=ItemKind.MENTION, followers=followers
    )


def a_repost(
    native_id: str,
    text: str = "转发微博",
    *,
    of: str = "s1",
    author: str = "",
    followers: int | None = 50,
) -> ItemReceived:
    """Return a repost of a post."""
    return a_comment(
        native_id,
        text,
        author=author or f"by-{native_id}",
        post=of,
        kind=ItemKind.REPOST,
        followers=followers,
    )


def an_answer(
    native_id: str, to: str, text: str = "真的假的", *, post: str = "p1"
) -> ItemReceived:
    """Return a comment that answers another."""
    item = a_comment(native_id, text, author=f"by-{native_id}", post=post)
    return item.model_copy(update={"thread": Thread(post_id=post, root_id=to, parent_id=to)})


def judged(
    item: ItemReceived,
    *labels: Label,
    says: str = NEITHER,
    probability: float = 0.6,
    hearing: tuple[int, ...] = HEARING,
) -> Verdict:
    """Return the verdict on an item; its signature is that of its very words."""
    verdict = Verdict.of(dict.fromkeys(labels, probability), decided=labels, model="m1")
    mark = sum(map(ord, item.text)) % 1_000
    return verdict._replace(
        exact=token("text", item.text),
        signature="".join(f"{mark * 16 + value:08x}" for value in range(16)),
        item_id=item.item_id,
        item_version=item.item_version,
        says=says,
        hearing=hearing,
    )


def told(*pairs: tuple[ItemReceived, Verdict]) -> list[Fact]:
    """Return the facts of items that are judged together."""
    return [*(item for item, _ in pairs), batch(verdict for _, verdict in pairs)]


def batch(verdicts: Iterable[Verdict]) -> ItemClassified:
    return together(tuple(verdicts))


def suspected(item: ItemReceived) -> tuple[ItemReceived, Verdict]:
    """Return an item with a verdict that calls it worded like a rumour."""
    return item, judged(item, Label.RUMOUR)


def reposts(says: Sequence[str], *, of: str = "s1") -> list[tuple[ItemReceived, Verdict]]:
    """Return a repost for each of what they say, with its verdict."""
    items = [a_repost(f"{of}-r{number}", of=of) for number in range(len(says))]
    return [(item, judged(item, says=each)) for item, each in zip(items, says, strict=True)]


MINUTE = 60


def weighed(story: Story) -> list[Mapping[str, object]]:
    return story.decided("rumour.weighed")


def cascade(story: Story) -> Cascade:
    return story._only("cascade", Cascade)


def case_of(story: Story, native_id: str) -> Case:
    cases = [each for each in story.state.under("case") if isinstance(each, Case)]
    return next(case for case in cases if any(item.native_id == native_id for item in case.items))


def a_rumour(story: Story, *says: str) -> None:
    """Let a rumour come, and reposts of it in the batch after."""
    story.tell(*told(suspected(a_post())))
    if says:
        story.tell(*told(*reposts(says)))


def wait(story: Story, minutes: float) -> None:
    story.tell(a_tick(), after=minutes * MINUTE)
