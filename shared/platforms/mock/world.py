"""The small Weibo itself: who said what where. Pure: time is an argument, ids follow from it."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.platforms.mock.identity import IdMint, digest, secret, user_name, user_uid
from shared.platforms.mock.model import Account, Comment, Feed, Message, Status, User

EMPTY_REPOST = "转发微博"
REACH = (0, 3, 12, 40, 90, 160, 260, 420, 900, 2_600, 11_000, 230_000)


def _silent(*_words: object) -> None:
    return


@dataclass
class World:
    """Every write returns what it made; readers use the public dictionaries."""

    seed: int = 0
    accounts: dict[int, Account] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    statuses: dict[int, Status] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    answers: dict[int, list[int]] = field(default_factory=dict)
    """Our own comments by the comment they answer."""
    inbox: dict[int, list[Message]] = field(default_factory=dict)
    """Private talk by the person on the other side, both directions."""
    to_push: deque[Message] = field(default_factory=deque)
    emitted: Counter[str] = field(default_factory=Counter)
    mint: IdMint = field(default_factory=IdMint)
    note: Callable[..., None] = _silent
    """Told of everything that happens here, in order; who tells it again gets the same ids."""

    def add_account(self, name: str, at: datetime) -> Account:
        """Register an official account with its app and token, all derived from the seed."""
        number = len(self.accounts) + 1
        uid = 5_000_000_000 + digest("account", str(self.seed), str(number)) % 900_000_000
        user = User(uid, name, 186_000, at - timedelta(days=2_000), "n", 2, f"{name}官方微博")
        account = Account(
            user,
            app_key=str(1_000_000_000 + digest("app", str(self.seed), str(number)) % 9**9),
            app_secret=secret(self.seed, "app-secret", number),
            access_token=secret(self.seed, "access-token", number),
        )
        self.accounts[uid] = account
        self.users[uid] = user
        return account

    def user(self, key: str, at: datetime) -> User:
        """Return the person behind `key`, the same one in every run."""
        uid = user_uid(key)
        known = self.users.get(uid)
        if known is not None:
            return known
        number = digest("person", key)
        reach = REACH[number % len(REACH)] + number // 13 % 97
        joined = at - timedelta(days=30 + number % 4_000)
        person = User(uid, user_name(key), reach, joined, "mfn"[number // 7 % 3])
        self.users[uid] = person
        self.note("user", key, at)
        return person

    def publish(self, account: Account, text: str, at: datetime, *, theme: str = "") -> Status:
        """Post as the account itself."""
        made = self._status(account.uid, text, at, owner=account.uid, theme=theme)
        account.feeds[Feed.TIMELINE].append(made.id)
        self.note("publish", account.uid, text, at, theme)
        return made

    def fill(self, native_id: int, text: str) -> None:
        """Put the real text where only a placeholder stood."""
        status = self.statuses[native_id]
        status.text, status.theme = text, ""
        self.note("fill", native_id, text)

    def mention(
        self, account: Account, author: User, text: str, at: datetime, theme: str = ""
    ) -> Status:
        """Post as somebody of the public, in a way that reaches the account."""
        made = self._status(author.uid, text, at, theme=theme)
        self._deliver(account, Feed.STATUS_MENTIONS, made.id)
        self.emitted["mention"] += 1
        self.note("mention", account.uid, author.uid, text, at, theme)
        return made

    def repost(
        self,
        account: Account,
        author: User,
        of: Status,
        text: str,
        at: datetime,
        *,
        theme: str = "",
    ) -> Status:
        """Repost; a repost of a repost shows the first post and remembers the one between."""
        original = self.statuses[of.retweeted] if of.retweeted else of
        made = self._status(author.uid, text or EMPTY_REPOST, at, theme=theme)
        made.retweeted, made.parent = original.id, of.id
        original.reposts += 1
        if of is not original:
            of.reposts += 1
        self._deliver(account, Feed.STATUS_MENTIONS, made.id)
        self.emitted["repost"] += 1
        self.note("repost", account.uid, author.uid, of.id, text, at, theme)
        return made

    def comment(
        self,
        account: Account,
        author: User,
        on: Status,
        text: str,
        at: datetime,
        *,
        reply_to: Comment | None = None,
        theme: str = "",
    ) -> Comment:
        """Comment as the public: under our post it is "to me", elsewhere it mentions us."""
        made = self._comment(author.uid, on, text, at, visible_at=at, reply_to=reply_to)
        made.theme = theme
        feed = Feed.TO_ME if on.owner == account.uid else Feed.COMMENT_MENTIONS
        self._deliver(account, feed, made.id)
        self.emitted["comment"] += 1
        answered = reply_to.id if reply_to else None
        self.note("comment", account.uid, author.uid, on.id, text, at, answered, theme)
        return made

    def speak(
        self,
        account: Account,
        on: Status,
        text: str,
        at: datetime,
        *,
        reply_to: Comment | None = None,
        hidden_seconds: float = 0.0,
    ) -> Comment:
        """Comment as the account; shown only after `hidden_seconds`."""
        shown = at + timedelta(seconds=hidden_seconds)
        made = self._comment(account.uid, on, text, at, visible_at=shown, reply_to=reply_to)
        account.feeds[Feed.BY_ME].append(made.id)
        if reply_to is not None:
            self.answers.setdefault(reply_to.id, []).append(made.id)
        answered = reply_to.id if reply_to else None
        self.note("speak", account.uid, on.id, text, at, answered, hidden_seconds)
        return made

    def message(
        self, account: Account, author: User, text: str, at: datetime, theme: str = ""
    ) -> Message:
        """Write to the account in private; it waits to be pushed."""
        made = Message(self.mint.next(at), author.uid, account.uid, text, at, theme)
        self.inbox.setdefault(author.uid, []).append(made)
        self.to_push.append(made)
        account.unread["dm"] = account.unread.get("dm", 0) + 1
        self.emitted["message"] += 1
        self.note("message", account.uid, author.uid, text, at, theme)
        return made

    def pushed(self, native_id: int) -> None:
        """A private message was pushed, or given up: it waits no longer, also after a restart."""
        self.to_push = deque(one for one in self.to_push if one.id != native_id)
        self.note("pushed", native_id)

    def whisper(self, account: Account, to: int, text: str, at: datetime) -> Message:
        """Answer in private, as the account."""
        made = Message(self.mint.next(at), account.uid, to, text, at)
        self.inbox.setdefault(to, []).append(made)
        self.note("whisper", account.uid, to, text, at)
        return made

    def edit(self, native_id: int, text: str, at: datetime) -> bool:
        """Change a text in place. Statuses say when they were edited, comments do not."""
        status = self.statuses.get(native_id)
        if status is not None and not status.deleted:
            status.text, status.edited_at = text, at
            status.edits += 1
            self.note("edit", native_id, text, at)
            return True
        comment = self.comments.get(native_id)
        if comment is not None and not comment.deleted:
            comment.text = text
            comment.edits += 1
            self.note("edit", native_id, text, at)
            return True
        return False

    def delete(self, native_id: int) -> bool:
        """Take something back; ids stay known so that old references find a gap, not a hole."""
        found = self.statuses.get(native_id) or self.comments.get(native_id)
        if found is None or found.deleted:
            return False
        found.deleted = True
        self.note("delete", native_id)
        return True

    def _status(
        self, author: int, text: str, at: datetime, *, owner: int | None = None, theme: str = ""
    ) -> Status:
        made = Status(self.mint.next(at), author, text, at, owner=owner, theme=theme)
        self.statuses[made.id] = made
        return made

    def _comment(
        self,
        author: int,
        on: Status,
        text: str,
        at: datetime,
        *,
        visible_at: datetime,
        reply_to: Comment | None,
    ) -> Comment:
        made = Comment(self.mint.next(at), author, on.id, text, at, visible_at)
        if reply_to is not None:
            made.reply_to, made.root = reply_to.id, reply_to.root or reply_to.id
        self.comments[made.id] = made
        on.comments.append(made.id)
        return made

    def _deliver(self, account: Account, feed: Feed, native_id: int) -> None:
        account.feeds[feed].append(native_id)
        account.unread[feed.value] = account.unread.get(feed.value, 0) + 1
