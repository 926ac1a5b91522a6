"""Passwords are verified off the loop, links work once, unknown people cost as much as known."""

import hashlib

from argon2 import PasswordHasher

from services.respond.shell.people import People, one_time_link
from shared.bus.memory_bus import MemoryBus
from shared.store.memory_store import MemoryStore
from tests.fakes.clock import FakeClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_a_password_holds_only_for_its_person() -> None:
    people = People(MemoryBus(FakeClock()), CHEAP)
    await people.set_password("王 主任", "correct horse")
    assert await people.verify("王 主任", "correct horse")
    assert not await people.verify("王 主任", "wrong")
    assert not await people.verify("nobody", "correct horse")


async def test_a_new_password_replaces_the_old_one() -> None:
    people = People(MemoryBus(FakeClock()), CHEAP)
    await people.set_password("li", "one")
    await people.set_password("li", "two")
    assert not await people.verify("li", "one")
    assert await people.verify("li", "two")


async def test_a_damaged_record_lets_nobody_in() -> None:
    bus = MemoryBus(FakeClock())
    people = People(bus, CHEAP)
    await people.set_password("li", "one")
    [(key, (_, revision))] = bus._values.items()
    await bus.put_value(key, b"damaged", revision=revision)
    assert not await people.verify("li", "one")


async def test_a_sign_in_link_names_its_person_once() -> None:
    store = MemoryStore(FakeClock())
    link = await one_time_link(store, "http://console/", "li")
    assert link.startswith("http://console/signin/link/")
    digest = hashlib.sha256(link.rsplit("/", 1)[1].encode()).hexdigest()
    assert await store.take(f"signin:{digest}") == b"li"
    assert await store.take(f"signin:{digest}") is None
