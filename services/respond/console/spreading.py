"""What is believed of a spreading post, in words: how far, by when, and on what evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.respond.console.catalog import Catalog
from services.respond.console.words import crowd
from services.respond.core.aggregates import Case, Cluster
from services.respond.core.cascade import Reading


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One reading: the line that says what it stands on, and the smaller parts of it."""

    at: datetime
    line: str
    parts: tuple[str, ...]


def readings_view(case: Case, t: Catalog) -> tuple[ReadingView, ...]:
    """Return the readings of a case, the newest first."""
    return tuple(
        ReadingView(each.at, _line(each, t), tuple(_parts(each, t)))
        for each in reversed(case.readings)
    )


def in_short(case: Case, t: Catalog) -> Iterator[str]:
    """Yield what a row of the queue has room for; nothing of what nobody suspects."""
    if case.readings:
        now = case.readings[-1]
        yield t("spread.short", p=_percent(now.likely), n=crowd(now.reposts, t))


def alike_in_short(cluster: Cluster | None, t: Catalog) -> Iterator[str]:
    """Yield how many say nearly the same, and whether that looks arranged."""
    if cluster is not None and cluster.count > 1:
        yield t("alike.short", n=crowd(cluster.count, t))
        if cluster.coordinated_at is not None:
            yield t("weight.coordinated")


def _line(reading: Reading, t: Catalog) -> str:
    minutes, percent = reading.minutes, _percent(reading.likely)
    if not reading.reposts:
        return t("spread.alone", m=minutes, p=percent)
    return t(
        "spread.line",
        m=minutes,
        p=percent,
        n=crowd(reading.reposts, t),
        denial=reading.denial,
        doubt=reading.doubt,
        delight=reading.delight,
    )


def _parts(reading: Reading, t: Catalog) -> Iterator[str]:
    if reading.text is not None:
        yield t("spread.text", p=_percent(reading.text))
    yield _author(reading, t)
    if reading.reach:
        yield t("spread.reach", n=crowd(reading.reach, t))
    if reading.copies:
        yield t("spread.copies", n=reading.copies)
    if reading.lately:
        yield t("spread.lately", n=reading.lately)
    if reading.unheard:
        yield t("spread.unheard", n=reading.unheard)
    if reading.claim_status is not None:
        yield t("spread.claim", what=t(f"claim.is_{reading.claim_status}"))


def _author(reading: Reading, t: Catalog) -> str:
    if reading.followers is not None:
        return t("spread.followers", n=crowd(reading.followers, t))
    if reading.early is not None:
        return t("spread.early", n=crowd(reading.early, t))
    return t("spread.no_followers")


def _percent(thousandths: int) -> int:
    return round(thousandths / 10)
