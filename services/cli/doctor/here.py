"""What can be seen on this machine without asking anybody: directory, disk, files, settings."""

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import from_json

from services.cli.doctor.finding import Finding, fail, ok, warn
from shared.errors import UserError

if TYPE_CHECKING:
    from services.respond.shell.configuration import Configuration
    from shared.policy.model import Pack

LOW_DISK_BYTES = 2 * 1024**3
LEAST_DISK_BYTES = 256 * 1024**2
LATE_FACTS = 50_000
OTHERS = stat.S_IRWXG | stat.S_IRWXO
SYNCED = 'sync_interval: "always"'
HEARTBEAT = "ZHISHOU_WATCHDOG_HEARTBEAT_URL"
PROBE = "在吗"
"""A text that says something: of nothing every verdict says so."""
PACKAGES = ("zhishou", "nats-py", "redis", "aiohttp", "pydantic")


def program() -> Iterator[Finding]:
    """Say which versions run here."""
    found = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield ok("program", f"Python {platform.python_version()} on {platform.system()}; {found}")


def directory(data_dir: Path) -> Iterator[Finding]:
    """Look at the data directory: is it there, private, with room."""
    if not data_dir.is_dir():
        fix = "it is made by 'zhishou up'; or name another with --data-dir"
        yield warn("data directory", f"{data_dir} is not there", fix)
        return
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    if mode & OTHERS:
        fix = f"chmod 700 '{data_dir}'"
        yield fail("data directory", f"others may look into it (mode {mode:o})", fix)
    elif not os.access(data_dir, os.W_OK | os.X_OK):
        yield fail("data directory", "it cannot be written", f"mend the owner of '{data_dir}'")
    else:
        yield ok("data directory", f"{data_dir}, private")
    yield _room(data_dir)


def _room(data_dir: Path) -> Finding:
    free = shutil.disk_usage(data_dir).free
    says = f"{free / 1024**3:.1f} GiB free"
    if free < LEAST_DISK_BYTES:
        return fail("disk", says, "free some space now: nothing is dropped by age")
    if free < LOW_DISK_BYTES:
        fix = "free some space; ZHISHOU_KEEP_DAYS lets sealed facts leave the log"
        return warn("disk", says, fix)
    return ok("disk", says)


def spool(data_dir: Path) -> Iterator[Finding]:
    """Look at what ingest keeps while the log is away."""
    place = data_dir / "spool"
    size = sum(each.stat().st_size for each in place.rglob("*.spool"))
    if size:
        fix = "bring the log back: ingest hands it over by itself; do not delete it"
        yield warn("spool", f"{size / 1024:.0f} KiB wait on disk for the log", fix)
    else:
        yield ok("spool", "empty")


def archive(data_dir: Path, last_seq: int | None) -> Iterator[Finding]:
    """Look into the archive and compare it with the log's end, if that is known."""
    place = data_dir / "archive" / "archive.sqlite3"
    if not place.exists():
        yield warn("archive", "there is none yet", "it is made by 'zhishou archive run'")
        return
    fix = "stop the archive, move the file away and start it: it is made again from the log"
    try:
        address = f"{place.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            [(word,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
            found = connection.execute("SELECT value FROM meta WHERE key = 'place'").fetchone()
            seq = 0 if found is None else int(from_json(found[0])["seq"])
    except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
        yield fail("archive", f"cannot be read: {error}", fix)
        return
    if word != "ok":
        yield fail("archive", f"damaged: {word}", fix)
        return
    behind = max((last_seq or seq) - seq, 0)
    says = f"reaches to {seq}, {behind} behind the log"
    yield ok("archive", says) if behind < LATE_FACTS else warn("archive", says, "is it running?")


def segments(data_dir: Path) -> Iterator[Finding]:
    """Look at what is sealed. Raises UserError for a seal that cannot be read."""
    from services.archive.shell.segments import Segments

    sealed = Segments(data_dir / "archive" / "segments")
    seals = sealed.seals()
    if not seals:
        yield ok("segments", "nothing is sealed yet")
        return
    missing = [each for each in seals if not sealed.lines_file(each).exists()]
    size = sum(sealed.lines_file(each).stat().st_size for each in seals if each not in missing)
    says = f"{len(seals)} to fact {seals[-1].last_seq}, {size / 1024**2:.0f} MiB"
    if missing:
        fix = "restore the files from a backup; zhishou audit verify names what is wrong"
        yield fail("segments", f"{says}; of {len(missing)} the facts are not there", fix)
    else:
        yield ok("segments", says)


def configured(data_dir: Path, environment: Mapping[str, str]) -> "Configuration | None":
    """Read accounts, people, roster and packs as the services would; None without an account.

    Raises UserError.
    """
    from services.cli.every_setting import every_setting
    from services.respond.app import configure
    from services.respond.settings import RespondSettings
    from shared.runtime.entry import read_settings

    every_setting()
    wanted = read_settings(RespondSettings)
    if not environment.get("ZHISHOU_ACCOUNTS_FILE"):
        simulated = data_dir / "accounts.yaml"  # written by a 'zhishou up' without accounts
        if not (simulated.exists() or wanted.accounts_file.exists()):
            return None
        if simulated.exists():
            wanted = wanted.model_copy(update={"accounts_file": simulated, "demo": True})
    return configure(wanted)


def settings(
    read: "Configuration | None", data_dir: Path, environment: Mapping[str, str]
) -> Iterator[Finding]:
    """Say what was read, and what live accounts should have beside them."""
    if read is None:
        yield warn("accounts", "none: nobody is listened to", "set ZHISHOU_ACCOUNTS_FILE")
        return
    live = [each.account_id for each in read.accounts if each.live]
    yield ok("accounts", f"{len(read.accounts)}, of which live: {', '.join(live) or 'none'}")
    yield ok("packs", ", ".join(f"{each.name}@{each.content_hash()[:12]}" for each in read.packs))
    if live and not _durable(data_dir, environment):
        fix = "start with --durable: one fsync a batch"
        yield warn("power loss", "the last second may be lost beside live accounts", fix)
    if live and not environment.get(HEARTBEAT):
        yield warn("outside", "nobody notices when this machine dies", f"set {HEARTBEAT}")


def _durable(data_dir: Path, environment: Mapping[str, str]) -> bool:
    """Tell whether the log is synced, as a `zhishou up` here set it or as we are told."""
    conf = data_dir / "nats" / "nats.conf"
    told = environment.get("ZHISHOU_DURABLE", "") in {"1", "true"}
    return told or (conf.exists() and SYNCED in conf.read_text(encoding="utf-8"))


def term_lists(today: date) -> Iterator[Finding]:
    """Look whose turn it is to go through a term list again. Raises UserError, OSError."""
    from services.classify.adapters.lexicon_files import heads

    old = [f"{name} ({each.owner})" for name, each in heads().items() if each.expires < today]
    if old:
        fix = "read them through, then set a new date in the file"
        yield warn("term lists", f"past their date: {', '.join(old)}", fix)
    else:
        yield ok("term lists", "none is past its date")


def holidays(packs: Iterable["Pack"], today: date) -> Iterator[Finding]:
    """Look whether the packs know the holidays of the days ahead."""
    from shared.policy.gate.workdays import unknown_years

    unknown = {
        each.name: years for each in packs if (years := unknown_years(each.gate.calendar, today))
    }
    if not unknown:
        yield ok("holidays", "of the days ahead are named")
        return
    named = ", ".join(str(each) for each in sorted({y for some in unknown.values() for y in some}))
    yield warn(
        "holidays",
        f"of {named} are not named in {', '.join(sorted(unknown))}: working days go by weekends",
        "name years, holidays and workdays under gate.calendar of your pack; docs/gate.md",
    )


def model() -> Iterator[Finding]:
    """Load the model as classify would, every hash checked. Raises UserError."""
    from services.classify.adapters.engine import Classifier
    from services.classify.settings import ClassifySettings
    from shared.runtime.entry import read_settings
    from shared.runtime.text_tables import load_tables

    wanted = read_settings(ClassifySettings)
    classifier = Classifier.load(wanted.weights_dir, load_tables(wanted.cache_dir))
    (verdict,) = classifier.judge([PROBE])
    if verdict.degraded:
        fix = "restore the folder from the repository, or run zhishou train"
        yield warn("model", f"{classifier.model}: {', '.join(verdict.degraded)}", fix)
    else:
        yield ok("model", classifier.model)


def told(part: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Return what `look` finds; a user's mistake is a finding like any other."""
    try:
        return list(look())
    except UserError as error:
        where = f" ({error.where})" if error.where else ""
        return [fail(part, f"{error.what}{where}", error.fix or "see the documentation")]
    except OSError as error:
        return [fail(part, f"{error.strerror or error}", "mend its permissions or its disk")]
