"""The simulated public: the same seed says the same, no two texts are alike, life has a shape."""

from collections import Counter
from datetime import timedelta
from random import Random  # noqa: TID251 - a seeded generator of the test's own

import pytest

from shared.platforms.mock.model import Comment, Status
from shared.platforms.mock.phrases import DISGUISES, Phrases
from shared.platforms.mock.population import THEMES, Population
from shared.platforms.mock.world import World
from tests.fakes.mock_platform import START


def a_town(seed: int, per_second: float = 1.0) -> tuple[World, Population]:
    world = World(seed=seed)
    account = world.add_account("锦绣清城购物广场", START)
    return world, Population(world, account, seed=seed, per_second=per_second)


def live(seed: int, hours: float, per_second: float = 1.0) -> World:
    world, town = a_town(seed, per_second)
    town.open_scene(START)
    now = START + timedelta(hours=hours)
    while town.advance(now):
        pass
    return world


def texts(world: World) -> list[str]:
    found = [one.text for one in world.comments.values()]
    return found + [one.text for one in world.statuses.values()]


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    assert texts(live(7, 1)) == texts(live(7, 1))
    assert texts(live(7, 1)) != texts(live(8, 1))


def test_the_story_does_not_depend_on_how_often_one_looks() -> None:
    world, town = a_town(7)
    town.open_scene(START)
    for minute in range(61):
        while town.advance(START + timedelta(minutes=minute), most=3):
            pass
    assert texts(world) == texts(live(7, 1))


@pytest.mark.parametrize("theme", [*THEMES, "own"])
def test_no_two_texts_of_a_theme_are_alike(theme: str) -> None:
    voice = Phrases(Random(5))  # noqa: S311 - repeatable on purpose
    said = [voice.say(theme) for _ in range(1_500)]
    assert len(set(said)) == len(said)
    assert not [text for text in said if "{" in text or "}" in text or not text]


def test_insults_and_adverts_are_often_disguised() -> None:
    voice = Phrases(Random(5))  # noqa: S311 - repeatable on purpose
    said = [voice.say("spam") + voice.say("abuse") for _ in range(400)]
    disguised = [text for text in said if any(d in text for ds in DISGUISES.values() for d in ds)]
    assert len(disguised) > 60
    assert any("\u200b" in text for text in said)


def test_there_is_something_to_see_at_the_start() -> None:
    world, town = a_town(7)
    town.open_scene(START)
    own = [one for one in world.statuses.values() if one.owner]
    themes = {one.theme for one in world.comments.values()}
    assert len(own) >= 4
    assert {"food", "question", "praise", "rumour", "abuse", "spam"} <= themes
    assert len(world.to_push) == 1
    assert all(one.at <= START for one in world.comments.values())
    assert list(world.comments) == sorted(world.comments)


def test_a_long_day_has_every_kind_edits_deletions_and_all_themes() -> None:
    world = live(11, 3, per_second=1.0)
    assert set(world.emitted) == {"comment", "mention", "repost", "message"}
    everything: list[Comment | Status] = [*world.comments.values(), *world.statuses.values()]
    assert any(one.deleted for one in everything)
    assert any(one.edits for one in everything)
    assert any(one.reply_to for one in world.comments.values())
    assert {one.theme for one in everything if one.theme} >= set(THEMES)
    own = [one for one in world.statuses.values() if one.owner]
    assert len(own) > 10


def test_bursts_bring_many_on_one_theme_in_a_short_time() -> None:
    world = live(11, 3)
    per_half_minute: Counter[tuple[str, int]] = Counter()
    for one in world.comments.values():
        per_half_minute[one.theme, int((one.at - START).total_seconds() // 30)] += 1
    assert max(per_half_minute.values()) >= 15


def test_the_rate_is_about_what_was_asked_and_nights_are_quieter() -> None:
    world = live(3, 24, per_second=0.1)
    total = sum(world.emitted.values())
    assert 0.6 < total / (24 * 3_600 * 0.1) < 1.8
    hours = Counter((one.at + timedelta(hours=8)).hour for one in world.comments.values())
    assert hours[3] < hours[20]
