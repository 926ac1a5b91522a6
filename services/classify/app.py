"""Puts classify together, top to bottom: model, log, handler, three addresses."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import partial

from aiohttp import web
from pydantic_core import to_json

from services.classify.adapters.bundles import unpacked
from services.classify.adapters.child import ChildJudge
from services.classify.adapters.engine import Classifier
from services.classify.adapters.explanation import explanation
from services.classify.settings import ClassifySettings
from services.classify.shell.handler import Handler
from services.classify.shell.keeper import Keeper
from services.classify.shell.used_up import UsedUp
from shared.bus.nats_bus import LOG_SECONDS, NatsBus
from shared.bus.port import Bus, outgoing
from shared.contracts.facts import decode
from shared.contracts.org import ModelActivated
from shared.contracts.subjects import subject_for
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metrics
from shared.runtime.clock import SystemClock
from shared.runtime.health import Health, health_app, http_server
from shared.runtime.service import run_until_stopped, write_run_file
from shared.runtime.text_tables import load_tables
from shared.text.normalise import Tables

ACTIVATED_BY = "classify"
PIECES = 8
"""What a person can take in of one label."""


async def serve(settings: ClassifySettings, *, stop: asyncio.Event | None = None) -> None:
    """Run the service until it is told to stop. Raises UserError."""
    log, clock, metrics = Log("classify"), SystemClock(), Metrics()
    async with AsyncExitStack() as stack:
        # The model is read while the log is waited for: both take a good part of a start.
        loading = asyncio.get_running_loop().run_in_executor(None, _load, settings)
        url = settings.nats_url.get_secret_value()
        bus = await NatsBus.connect(
            url, clock=clock, name="classify", make=None, log_seconds=LOG_SECONDS, metrics=metrics
        )
        stack.push_async_callback(bus.close)
        own, tables = await loading
        log.info(Event.MODEL_LOADED, model=own.model)
        if own.degraded:
            log.warning(Event.MODEL_MISSING, model=own.model, degraded=own.degraded)
        await announce(bus, own.model)
        keeper = Keeper(bus, own, partial(unpacked, tables=tables), clock, metrics)
        await keeper.look()
        handler = Handler(bus, keeper, ChildJudge(), clock, metrics)

        async def reachable() -> str:
            await bus.state()
            return ""

        async def model(_request: web.Request) -> web.Response:
            return web.json_response(asdict(keeper.says()))

        health = Health({"log": reachable}, metrics)
        app = health_app(health)
        app.router.add_get("/model", model)
        address = await stack.enter_async_context(
            http_server(app, settings.http_host, settings.http_port)
        )
        write_run_file(settings.run_file, address, model=own.model)
        log.info(Event.SERVICE_READY, http=address)
        loops = {
            "judge": handler.run,
            "model": keeper.run,
            "used up": UsedUp(bus, clock, metrics).run,
            "lag": health.watch_lag,
        }
        await run_until_stopped(loops, stop=stop)
    log.info(Event.SERVICE_STOPPED)


async def announce(bus: Bus, model: str) -> None:
    """Say that this model's verdicts count, unless the log's newest word is just that."""
    fact = ModelActivated(model=model, activated_by=ACTIVATED_BY)
    newest = await bus.last_on(subject_for(fact))
    if newest is None or decode(newest.data) != fact:
        await bus.publish([outgoing(fact)])


def judge_each(settings: ClassifySettings, texts: bytes) -> Iterator[bytes]:
    """Yield the verdict on each text as JSON, by this process' own model, which always counts."""
    own, _ = _load(settings)
    for text in json.loads(texts):
        yield to_json(own.judge([text])[0]) + b"\n"


def explain_one(settings: ClassifySettings, text: bytes) -> Iterator[bytes]:
    """Yield what this process' own model makes of one text, label by label, as JSON."""
    own, _ = _load(settings)
    yield to_json(explanation(own, text.decode("utf-8", "surrogatepass"), (), PIECES))


def _load(settings: ClassifySettings) -> tuple[Classifier, Tables]:
    tables = load_tables(settings.cache_dir)
    return Classifier.load(settings.weights_dir, tables), tables
