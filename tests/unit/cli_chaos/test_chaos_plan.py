"""What will be done, and what will be said, follows from the seed alone."""

from itertools import islice
from pathlib import Path

import pytest

from services.cli.chaos import public
from services.cli.chaos.people import MOST_TURNS
from services.cli.chaos.schedule import schedule
from services.cli.chaos.steps import STEPS, STOPS, TAKING_OFFICE, Step


@pytest.mark.parametrize("kills", [1, 2, 10, 50])
def test_a_schedule_has_so_many_kills_and_follows_from_its_seed(kills: int) -> None:
    planned = schedule(kills, 7)
    assert planned == schedule(kills, 7)
    assert sum(each.kills for each in planned) == kills
    assert sum(each.how == "stop" for each in planned) == kills // 5
    assert all(each.lasts > 1 for each in planned if each.how == "stop")


def test_another_seed_is_another_schedule() -> None:
    assert schedule(10, 7) != schedule(10, 8)


def test_fifty_kills_reach_every_service_and_server_and_most_steps() -> None:
    planned = schedule(50, 7)
    named = {each.step.name for each in planned}
    victims = {each.step.victim for each in planned}
    assert victims >= {"ingest", "classify", "respond", "nats", "valkey", "archive", "watchdog"}
    everything = {each.name for each in (*STEPS, *STOPS, *TAKING_OFFICE)}
    assert len(named) > 0.7 * len(everything)
    longer = {each.step.name for each in schedule(200, 7)}
    assert longer == everything


def test_the_names_of_steps_are_told_apart() -> None:
    names = [each.name for each in (*STEPS, *STOPS, *TAKING_OFFICE)]
    assert len(names) == len(set(names))


def of(name: str) -> Step:
    return next(each for each in STEPS if each.name == name)


@pytest.mark.parametrize(
    ("step", "message", "wanted"),
    [
        ("ingest: read, not published", "zs.v1.item.batch.weibo.a", True),
        ("ingest: read, not published", "zs.v1.item.batchx.weibo", False),
        ("ingest: acked, cursor not moved", "$KV.ZS_RECORDS.cursor.abc", True),
        ("classify: verdict stored, item not acked", "$JS.ACK.ZS.classify-items.1.2.3.4.5", True),
        ("respond: claimed, effect.started not stored", "zs.v1.effect.started", True),
        ("respond: claimed, effect.started not stored", "zs.v1.effect.finished", False),
        ("respond: started, not written", "POST /2/comments/reply.json", True),
        ("respond: started, not written", "GET /2/comments/by_me.json", False),
    ],
)
def test_a_step_knows_its_message(step: str, message: str, wanted: bool) -> None:  # noqa: FBT001
    assert of(step).wants(message) is wanted


def test_an_invented_public_follows_from_its_seed_and_every_line_is_another_persons(
    tmp_path: Path,
) -> None:
    said = list(islice(public.lines(7, 3.0), 300))
    assert said == list(islice(public.lines(7, 3.0), 300))
    assert said != list(islice(public.lines(8, 3.0), 300))
    assert len({line["user"] for line in said}) == len(said)
    assert {line["role"] for line in said} == {"own", "", *public.ROLES}
    place = tmp_path / "stream.jsonl"
    public.write(place, 7, 3.0, 20)
    known = public.roles(place)
    assert len(place.read_text(encoding="utf-8").splitlines()) == 61
    first, role = next(iter(known.items()))
    assert public.role_of(7, first, known) == role
    assert public.role_of(7, "别人的话", known) == public.role_of(7, "别人的话", known)


def test_a_returned_reply_is_written_again_in_other_words_but_not_for_ever() -> None:
    assert 1 < MOST_TURNS < 10
