"""What happened in the world, line by line on disk: a platform that is killed forgets nothing."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.errors import UserError
from shared.platforms.mock.world import World

MOST_LINES = 500_000
"""A world as old as that begins anew, or it would fill the memory."""


class Diary:
    """One file that only grows. Each line reaches the system at once, so a kill loses none."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._unwritten = b""

    @staticmethod
    def opened(path: Path, most_lines: int = MOST_LINES) -> tuple["Diary", Iterator[list[Any]]]:
        """Open a diary and return what it says; a line cut off in its middle is taken away.

        Raises:
            UserError: it cannot be read or written, or is no diary.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = path.read_bytes() if path.exists() else b""
            lines = whole.splitlines(keepends=True)
            kept = [each for each in lines if each.endswith(b"\n")]
            if len(kept) < len(lines) or len(kept) > most_lines:
                kept = kept if len(kept) <= most_lines else []
                path.write_bytes(b"".join(kept))
            return Diary(path), _entries(kept, path)
        except OSError as error:
            raise UserError(
                f"the simulated platform cannot keep its diary: {error.strerror}", where=str(path)
            ) from error

    def note(self, name: str, *words: object) -> None:
        """Keep one thing; on a full disk it waits in memory until there is space again."""
        line = json.dumps([name, *map(_plain, words)], ensure_ascii=False)
        self._unwritten += line.encode("utf-8", "surrogatepass") + b"\n"
        with suppress(OSError):
            written = self._file.write(self._unwritten) or 0
            self._unwritten = self._unwritten[written:]

    def close(self) -> None:
        self._file.close()


def _plain(word: object) -> object:
    return word.isoformat() if isinstance(word, datetime) else word


def _entries(lines: list[bytes], path: Path) -> Iterator[list[Any]]:
    for number, raw in enumerate(lines, start=1):
        try:
            entry = json.loads(raw.decode("utf-8", "surrogatepass"))
        except ValueError:
            entry = None
        if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
            raise UserError(
                f"line {number} of the simulated platform's diary is damaged",
                where=str(path),
                fix="delete the file; the simulated platform then begins anew",
            )
        yield entry


def relive(world: World, entries: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """Let everything happen again, at its own time and so with its own ids.

    Yields what is none of the world's: where a stream stood.
    """
    for entry in entries:
        again = _AGAIN.get(entry[0])
        if again is None:
            yield entry
        else:
            again(world, entry[1:])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _user(world: World, words: list[Any]) -> None:
    key, at = words
    world.user(key, _at(at))


def _publish(world: World, words: list[Any]) -> None:
    account, text, at, theme = words
    world.publish(world.accounts[account], text, _at(at), theme=theme)


def _fill(world: World, words: list[Any]) -> None:
    native_id, text = words
    world.fill(native_id, text)


def _mention(world: World, words: list[Any]) -> None:
    account, author, text, at, theme = words
    world.mention(world.accounts[account], world.users[author], text, _at(at), theme)


def _repost(world: World, words: list[Any]) -> None:
    account, author, of, text, at, theme = words
    world.repost(
        world.accounts[account],
        world.users[author],
        world.statuses[of],
        text,
        _at(at),
        theme=theme,
    )


def _comment(world: World, words: list[Any]) -> None:
    account, author, on, text, at, answered, theme = words
    world.comment(
        world.accounts[account],
        world.users[author],
        world.statuses[on],
        text,
        _at(at),
        reply_to=world.comments.get(answered),
        theme=theme,
    )


def _speak(world: World, words: list[Any]) -> None:
    account, on, text, at, answered, hidden_seconds = words
    world.speak(
        world.accounts[account],
        world.statuses[on],
        text,
        _at(at),
        reply_to=world.comments.get(answered),
        hidden_seconds=hidden_seconds,
    )


def _message(world: World, words: list[Any]) -> None:
    account, author, text, at, theme = words
    world.message(world.accounts[account], world.users[author], text, _at(at), theme)


def _pushed(world: World, words: list[Any]) -> None:
    world.pushed(words[0])


def _whisper(world: World, words: list[Any]) -> None:
    account, to, text, at = words
    world.whisper(world.accounts[account], to, text, _at(at))


def _edit(world: World, words: list[Any]) -> None:
    native_id, text, at = words
    world.edit(native_id, text, _at(at))


def _delete(world: World, words: list[Any]) -> None:
    world.delete(words[0])


_AGAIN: Mapping[str, Callable[[World, list[Any]], None]] = {
    "user": _user,
    "publish": _publish,
    "fill": _fill,
    "mention": _mention,
    "repost": _repost,
    "comment": _comment,
    "speak": _speak,
    "message": _message,
    "pushed": _pushed,
    "whisper": _whisper,
    "edit": _edit,
    "delete": _delete,
}
