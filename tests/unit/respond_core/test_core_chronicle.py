"""What was done to positions, bans and receipts is kept: who, when, why, and the words."""

from datetime import timedelta

from services.respond.core.chronicle import KEPT, Chronicle, Told
from services.respond.core.guidance import content_of_position
from shared.contracts.guidance import (
    BanLifted,
    PositionEnded,
    ReceiptApproved,
    ReceiptStopped,
    ReceiptWritten,
    content_of,
)
from tests.fakes.builders import ACCOUNT, START, a_tick
from tests.fakes.core_story import Story
from tests.fakes.guidance import POSITION, a_ban, a_position, agreed
from tests.fakes.guided_story import house


def _told(story: Story) -> tuple[Told, ...]:
    return (story.state.get(Chronicle.KEY, Chronicle) or Chronicle()).told


def _acts(story: Story) -> list[tuple[str, str, str]]:
    return [(each.act, each.by, each.why) for each in _told(story)]


def test_a_position_from_its_first_word_to_its_end() -> None:
    story = house()
    position = a_position()
    story.tell(position, agreed(position, content_of_position(position)))
    story.tell(
        PositionEnded(op_id="end", person_id="wang", position_id=POSITION, reason="另有口径")
    )
    assert _acts(story) == [
        ("proposed", position.person_id, ""),
        ("in_force", "wang", ""),
        ("ended", "wang", "另有口径"),
    ]
    assert {each.says["text"] for each in _told(story)} == {position.text}
    assert _told(story)[0].says["must_say"] == "、".join(position.must_say)


def test_what_its_time_did_has_nobodys_name() -> None:
    story = house()
    later = a_position(
        valid_from=START + timedelta(hours=1), valid_until=START + timedelta(hours=2)
    )
    story.tell(later, agreed(later, content_of_position(later)))
    story.tell(a_tick(), after=3_600)
    story.tell(a_tick(), after=3_600)
    assert [(act, by) for act, by, _ in _acts(story)] == [
        ("proposed", later.person_id),
        ("approved", "wang"),
        ("in_force", ""),
        ("expired", ""),
    ]


def test_a_ban_is_set_lifted_or_over() -> None:
    story = house()
    story.tell(a_ban("召回"))
    name = _told(story)[0].name
    story.tell(BanLifted(op_id="lift", person_id="wang", ban_id=name, reason="已公布"))
    story.tell(a_ban("门店", op="second"), a_tick())
    story.tell(a_tick(), after=8 * 86_400)
    assert [(act, why) for act, _, why in _acts(story)] == [
        ("set", ""),
        ("lifted", "已公布"),
        ("set", ""),
        ("expired", ""),
    ]
    assert [each.says["text"] for each in _told(story)] == ["召回", "召回", "门店", "门店"]


def test_a_receipt_is_proposed_on_and_off() -> None:
    story = house()
    text = "您好，这是自动回复，已收到。"
    story.tell(
        ReceiptWritten(op_id="w", person_id="li", account_id=ACCOUNT, text=text),
        ReceiptApproved(
            op_id="a",
            person_id="wang",
            account_id=ACCOUNT,
            content=content_of("receipt", ACCOUNT, text),
        ),
        ReceiptStopped(op_id="s", person_id="li", account_id=ACCOUNT, reason="节日"),
    )
    assert [(each.what, each.act, each.by) for each in _told(story)] == [
        ("receipt", "proposed", "li"),
        ("receipt", "on", "wang"),
        ("receipt", "off", "li"),
    ]
    assert _told(story)[-1].says == {"text": text}


def test_the_newest_are_kept_and_what_is_refused_is_none_of_it() -> None:
    story = house()
    story.tell(BanLifted(op_id="none", person_id="wang", ban_id="none", reason="x"))
    assert _told(story) == ()
    for number in range(KEPT + 2):
        position = a_position(f"op-{number}", text=f"您好，第 {number} 版，已下架。")
        story.tell(position)
    assert len(_told(story)) == KEPT
    assert "第 2 版" in _told(story)[0].says["text"]
