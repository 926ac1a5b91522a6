"""A seeded public: who speaks when, about what, with bursts, second thoughts and deletions."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 - a seeded generator is handed in
from typing import Final

from shared.platforms.mock.identity import BEIJING
from shared.platforms.mock.model import Account, Comment, Feed, Status, User
from shared.platforms.mock.phrases import Phrases
from shared.platforms.mock.world import World

BY_HOUR: Final = (
    0.45, 0.35, 0.3, 0.3, 0.3, 0.35, 0.5, 0.7, 0.9, 1.05, 1.2, 1.45,
    1.6, 1.3, 1.1, 1.05, 1.1, 1.3, 1.5, 1.65, 1.75, 1.6, 1.2, 0.8,
)  # fmt: skip
"""How lively each hour is in Beijing; the mean is close to one."""

THEMES: Final = {
    "food": 9, "refund": 10, "service": 9, "parking": 7, "queue": 6, "safety": 3, "question": 16,
    "suggestion": 7, "praise": 9, "rumour": 4, "abuse": 4, "spam": 4, "gambling": 1,
    "booking": 3, "chat": 8,
}  # fmt: skip
SHAPES: Final = {
    "comment": 54, "answer": 10, "mention": 10, "repost": 7, "message": 12, "edit": 4, "delete": 3,
}  # fmt: skip
BURST_THEMES: Final = ("food", "rumour", "parking", "safety", "spam")
PRIVATE_THEMES: Final = ("refund", "question", "booking", "service", "food")
PEOPLE: Final = 600
REMEMBERED: Final = 200
POST_EVERY = timedelta(minutes=20)
CHANCE_OF_BURST = 0.004
BURST_FACTOR = 6.0


@dataclass(slots=True)
class _Burst:
    theme: str
    left: int
    post: Status


class Population:
    """Speaks through the world. What is said follows from the seed, when from rate and hour."""

    def __init__(self, world: World, account: Account, *, seed: int, per_second: float) -> None:
        self._world = world
        self._account = account
        self._rate = per_second
        self._phrases = Phrases(Random(seed))  # noqa: S311 - repeatability, not secrecy
        self._dice = Random(seed + 1)  # noqa: S311
        self._gaps = Random(seed + 2)  # noqa: S311
        self._posts: deque[Status] = deque(maxlen=8)
        self._recent: deque[Comment | Status] = deque(maxlen=REMEMBERED)
        self._burst: _Burst | None = None
        self._next_post: datetime | None = None
        self.next_due: datetime | None = None

    def open_scene(self, now: datetime) -> None:
        """Fill the last half hour, so that whoever looks first sees a living place."""
        if standing := self._account.feeds[Feed.TIMELINE]:
            self._settle_in(standing, now)
            return
        for minutes in (1_500, 300, 95, 32):
            self._post(now - timedelta(minutes=minutes))
        opening = (
            "food", "question", "praise", "rumour", "refund", "chat", "suggestion", "spam",
            "service", "parking", "abuse", "question", "safety",
        )  # fmt: skip
        for place, theme in enumerate(opening):
            at = now - timedelta(seconds=110 * (len(opening) - place))
            self._comment(at, theme)
        self._mention(now - timedelta(seconds=50), "queue")
        self._message(now - timedelta(seconds=20), "refund")
        self._next_post = now + POST_EVERY
        self.next_due = now + self._gap(now)

    def _settle_in(self, posts: Sequence[int], now: datetime) -> None:
        """Go on in a world that was there before."""
        self._posts.extend(self._world.statuses[one] for one in posts)
        theirs = [one for one in self._world.comments.values() if one.author != self._account.uid]
        self._recent.extend(theirs)
        self._next_post = now + POST_EVERY
        self.next_due = now + self._gap(now)

    def advance(self, now: datetime, most: int = 200) -> int:
        """Let happen what is due, at its own time; return how much did."""
        done = 0
        while self.next_due is not None and self.next_due <= now and done < most:
            at = self.next_due
            self._event(at)
            self.next_due = at + self._gap(at)
            done += 1
        return done

    def _gap(self, at: datetime) -> timedelta:
        lively = BY_HOUR[at.astimezone(BEIJING).hour] * (BURST_FACTOR if self._burst else 1.0)
        return timedelta(seconds=min(self._gaps.expovariate(self._rate * lively), 3_600.0))

    def _event(self, at: datetime) -> None:
        if self._next_post is not None and at >= self._next_post:
            self._post(at)
            self._next_post = at + POST_EVERY
        if self._burst is None and self._dice.random() < CHANCE_OF_BURST:
            theme = self._dice.choice(BURST_THEMES)
            self._burst = _Burst(theme, self._dice.randint(15, 45), self._posts[-1])
        if self._burst is not None:
            self._in_burst(self._burst, at)
            return
        shape = self._dice.choices(tuple(SHAPES), tuple(SHAPES.values()))[0]
        theme = self._dice.choices(tuple(THEMES), tuple(THEMES.values()))[0]
        self._act(shape, theme, at)

    def _in_burst(self, burst: _Burst, at: datetime) -> None:
        burst.left -= 1
        if self._dice.random() < 0.25:  # noqa: PLR2004 - a burst is comments with some reposts
            self._repost(at, burst.theme, burst.post)
        else:
            self._comment(at, burst.theme, burst.post)
        if burst.left <= 0:
            self._burst = None

    def _act(self, shape: str, theme: str, at: datetime) -> None:
        match shape:
            case "answer":
                self._answer(at, theme)
            case "mention":
                self._mention(at, theme)
            case "repost":
                self._repost(at, theme, self._dice.choice(self._posts))
            case "message":
                self._message(at, self._dice.choice(PRIVATE_THEMES))
            case "edit":
                self._edit(at)
            case "delete":
                self._delete()
            case _:
                self._comment(at, theme)

    def _post(self, at: datetime) -> None:
        self._posts.append(self._world.publish(self._account, self._phrases.say("own"), at))

    def _comment(self, at: datetime, theme: str, on: Status | None = None) -> None:
        post = on or self._dice.choice(self._posts)
        text, author = self._phrases.say(theme), self._person(at)
        made = self._world.comment(self._account, author, post, text, at, theme=theme)
        self._recent.append(made)

    def _answer(self, at: datetime, theme: str) -> None:
        earlier = [one for one in self._recent if isinstance(one, Comment) and not one.deleted]
        if not earlier:
            self._comment(at, theme)
            return
        target = self._dice.choice(earlier)
        name = self._world.users[target.author].name
        made = self._world.comment(
            self._account,
            self._person(at),
            self._world.statuses[target.status],
            f"回复@{name}:{self._phrases.say(theme)}",
            at,
            reply_to=target,
            theme=theme,
        )
        self._recent.append(made)

    def _mention(self, at: datetime, theme: str) -> None:
        text = f"@{self._account.user.name} {self._phrases.say(theme)}"
        made = self._world.mention(self._account, self._person(at), text, at, theme)
        self._recent.append(made)

    def _repost(self, at: datetime, theme: str, of: Status) -> None:
        text = self._phrases.say(theme)
        made = self._world.repost(self._account, self._person(at), of, text, at, theme=theme)
        self._recent.append(made)

    def _message(self, at: datetime, theme: str) -> None:
        text = self._phrases.say(theme)
        self._world.message(self._account, self._person(at), text, at, theme)

    def _edit(self, at: datetime) -> None:
        target = self._dice.choice(self._recent)
        more = self._phrases.say(target.theme or "chat")
        self._world.edit(target.id, f"{target.text}（补充：{more}）", at)

    def _delete(self) -> None:
        self._world.delete(self._dice.choice(self._recent).id)

    def _person(self, at: datetime) -> User:
        place = int(PEOPLE * self._dice.random() ** 2)
        return self._world.user(f"resident-{place}", at)
