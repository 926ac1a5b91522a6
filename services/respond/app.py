"""Puts respond together: the candidate for leadership, the console, the health addresses."""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp

from services.respond.console.addresses import networks_in
from services.respond.console.app import build_console
from services.respond.console.settings import ConsoleSettings
from services.respond.notifiers.console_log import ConsoleLogPager
from services.respond.notifiers.webhook import WebhookPager
from services.respond.ports import Notice, Pager
from services.respond.settings import RespondSettings
from services.respond.shell.actions import BusActions
from services.respond.shell.agreement import must_agree
from services.respond.shell.configuration import (
    Configuration,
    demo_duties,
    demo_people,
    load_people,
    load_roster,
)
from services.respond.shell.drafter import drafter_of
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.executor import Carrier
from services.respond.shell.explainer import ChildExplainer
from services.respond.shell.gate_view import PackGateView
from services.respond.shell.leader import Leader
from services.respond.shell.log_stream import LogStream
from services.respond.shell.office import Office
from services.respond.shell.packs import StoredPacks
from services.respond.shell.page_carrier import PageCarrier
from services.respond.shell.people import People, one_time_link
from services.respond.shell.read_model import StoreReadModel
from services.respond.shell.registrar import Registrar
from services.respond.shell.rehearsal import LogRehearsal
from services.respond.shell.reign import CarrierMaker, World
from services.respond.shell.removal_carrier import RemovalCarrier
from services.respond.shell.removal_port import Hand, RemovalPort
from services.respond.shell.reply_carrier import ReplyCarrier
from services.respond.shell.send_port import SendPort, Voice
from services.respond.shell.snapshot_keeper import Rhythm, SnapshotKeeper
from services.respond.shell.standing import Standing
from services.respond.shell.telemetry import Alarm, Telemetry
from services.respond.shell.watch import WatchdogWatch
from shared.bus.nats_bus import NatsBus
from shared.bus.nats_make import StreamOptions
from shared.contracts.ids import token
from shared.contracts.org import Role
from shared.errors import PermanentError, TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metrics
from shared.platforms.registry import adapter_for, check_endpoint
from shared.runtime.accounts import load_accounts
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.health import Check, Health, health_app, http_server, measured
from shared.runtime.packs import read_pack
from shared.runtime.service import run_until_stopped, write_run_file
from shared.store.redis_store import RedisStore

GRACE_SECONDS = 5.0
FIRST_LEADER_SECONDS, LOOK_SECONDS = 10.0, 0.05


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the process is connected to."""

    bus: NatsBus
    store: RedisStore
    session: aiohttp.ClientSession
    clock: Clock


async def run(settings: RespondSettings) -> None:
    """Serve, and lead whenever possible, until told to stop. Raises UserError."""
    configuration = configure(settings)
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        around = await _connect(settings, stack, metrics)
        started_at = around.clock.now().isoformat()
        registrar = Registrar(around.bus, around.clock, configuration)
        await registrar.seed()
        pagers = make_pagers(settings, around)
        read = StoreReadModel(around.store, around.store, around.bus)
        packs = StoredPacks(around.bus)
        console = build_console(
            read=read,
            actions=BusActions(around.bus, around.store),
            gate=PackGateView(read, packs, around.clock),
            packs=packs,
            rehearsal=LogRehearsal(around.bus, around.clock, read),
            stream=LogStream(around.bus, read),
            credentials=People(around.bus),
            explainer=ChildExplainer(),
            drafter=drafter_of(settings, around.session, around.clock),
            records=around.store,
            clock=around.clock,
            settings=ConsoleSettings(
                assets_dir=settings.assets_dir,
                public_url=settings.public_url,
                trusted_proxies=networks_in(settings.trusted_proxies),
                demo=settings.demo,
            ),
        )
        console.middlewares.insert(0, measured(metrics))
        address = await stack.enter_async_context(
            http_server(console, settings.console_host, settings.console_port)
        )
        public_url = settings.public_url or address
        alarm = _alarm(pagers, around.clock, public_url)
        telemetry = Telemetry(metrics, alarm)
        rhythm = Rhythm(settings.snapshot_facts, settings.snapshots_kept)
        leader = Leader(
            World(
                bus=around.bus,
                store=around.store,
                clock=around.clock,
                carriers=make_carriers(settings, configuration, around, pagers, public_url),
                registrar=registrar,
                telemetry=telemetry,
                snapshots=SnapshotKeeper(around.bus, around.clock, rhythm, telemetry),
            ),
            around.store,
            holder=token("respond", socket.gethostname(), str(os.getpid()), started_at),
            lease_seconds=settings.lease_seconds,
        )
        health = Health({"log": _bus_check(around), "store": _store_check(around)}, metrics)
        health_address = await stack.enter_async_context(
            http_server(health_app(health), settings.http_host, settings.http_port)
        )

        async def ready(stop: asyncio.Event) -> None:
            person_id = first_person(configuration)
            await _until_known(read, person_id, around.clock, stop)
            link = await one_time_link(around.store, public_url, person_id)
            write_run_file(settings.run_file, address, health=health_address, sign_in=link)
            Log("respond").info(Event.SERVICE_READY, http=address)

        await run_until_stopped(
            {
                "leader": leader.run,
                "ready": ready,
                "lag": health.watch_lag,
                "watchdog": WatchdogWatch(around.bus, around.clock, alarm, metrics).run,
            },
            grace_seconds=GRACE_SECONDS,
        )


def configure(settings: RespondSettings) -> Configuration:
    """Read what the installation is configured to be. Raises UserError."""
    accounts = load_accounts(settings.accounts_file)
    for account in accounts:
        check_endpoint(account)
    people = load_people(settings.people_file) if settings.people_file else ()
    duties = load_roster(settings.roster_file) if settings.roster_file else None
    if settings.demo:
        people = people or demo_people()
        duties = demo_duties(people[0].person_id) if duties is None else duties
    must_agree(people, duties or (), settings.people_file, settings.roster_file)
    names = sorted({each.pack for each in accounts})
    packs = tuple(read_pack(settings.policies_dir, name) for name in names)
    return Configuration(accounts, people, duties, packs)


def make_pagers(settings: RespondSettings, around: Surroundings) -> dict[str, Pager]:
    """Return a pager for each channel that is set up."""
    log = Log("pager")

    def say(notice: Notice, address_ref: str) -> None:
        log.warning(
            Event.PAGE_SENT,
            page_id=notice.page_id,
            to=address_ref,
            title=notice.title,
            late=notice.late,
            link=notice.link,
        )

    pagers: dict[str, Pager] = {"console_log": ConsoleLogPager(say)}
    if settings.pager_webhook_url:
        pagers["webhook"] = WebhookPager(
            around.session,
            settings.pager_webhook_url,
            settings.pager_webhook_secret,
            around.clock,
        )
    return pagers


def make_carriers(
    settings: RespondSettings,
    configuration: Configuration,
    around: Surroundings,
    pagers: Mapping[str, Pager],
    public_url: str,
) -> CarrierMaker:
    """Return what makes the carriers of one reign; Speakers and Removers go to their ports only."""
    adapters = [(each, adapter_for(each)) for each in configuration.accounts]
    voices = {
        each.account_id: Voice(adapter.speaker(around.session, each), each.live)
        for each, adapter in adapters
    }
    hands = {
        each.account_id: Hand(adapter.remover(around.session, each), each.live)
        for each, adapter in adapters
    }

    def make(standing: Standing, office: Office, effects: EffectLog) -> dict[str, Carrier]:
        port = SendPort(voices, office, standing, settings.send_deadline_seconds)
        removing = RemovalPort(hands, office, standing, settings.send_deadline_seconds)
        return {
            "remove": RemovalCarrier(removing, effects, around.clock, office, standing),
            "send_reply": ReplyCarrier(port, effects, around.clock, office, standing),
            "page": PageCarrier(
                pagers=pagers,
                effects=effects,
                clock=around.clock,
                office=office,
                standing=standing,
                public_url=public_url,
            ),
        }

    return make


def first_person(configuration: Configuration) -> str:
    """Return who gets the first sign-in link: an admin if there is one."""
    admins = [each for each in configuration.people if Role.ADMIN in each.roles]
    return [*admins, *configuration.people][0].person_id


def _alarm(pagers: Mapping[str, Pager], clock: Clock, public_url: str) -> Alarm:
    async def alarm(reason: str) -> None:
        key = token("alarm", reason, clock.now().isoformat())
        notice = Notice(
            page_id=key, title="值守系统告警", text=reason, link=f"{public_url}/status"
        )
        for pager in pagers.values():
            try:
                await pager.page("on-call", notice, key=key)
            except (TransientError, PermanentError) as error:
                Log("pager").failed(Event.PAGE_FAILED, error)

    return alarm


async def _connect(
    settings: RespondSettings, stack: AsyncExitStack, metrics: Metrics
) -> Surroundings:
    clock = SystemClock()
    url = settings.nats_url.get_secret_value()
    make = StreamOptions(replicas=settings.log_replicas)
    bus = await NatsBus.connect(url, clock=clock, name="respond", make=make, metrics=metrics)
    stack.push_async_callback(bus.close)
    store = await RedisStore.connect(settings.redis_url.get_secret_value())
    stack.push_async_callback(store.close)
    session = await stack.enter_async_context(
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    )
    return Surroundings(bus, store, session, clock)


async def _until_known(
    read: StoreReadModel, person_id: str, clock: Clock, stop: asyncio.Event
) -> None:
    """Wait until the first leader has registered the person, so that the link leads somewhere."""
    deadline = clock.monotonic() + FIRST_LEADER_SECONDS
    while not stop.is_set() and clock.monotonic() < deadline:
        if await read.person(person_id) is not None:
            return
        await clock.sleep(LOOK_SECONDS)


def _bus_check(around: Surroundings) -> Check:
    async def check() -> str:
        await around.bus.state()
        return ""

    return check


def _store_check(around: Surroundings) -> Check:
    async def check() -> str:
        await around.store.ping()
        return ""

    return check
