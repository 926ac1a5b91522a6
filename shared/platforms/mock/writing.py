"""The writing endpoints: what the account says, refused or taken as the real platform would."""

import ipaddress
import json
from datetime import timedelta

from shared.platforms.mock.calls import Answer, Call
from shared.platforms.mock.errors import WeiboError
from shared.platforms.mock.length import units
from shared.platforms.mock.model import Account, Comment, Feed, Message, Status
from shared.platforms.mock.wire import comment_json, is_shown
from shared.platforms.mock.world import World

COMMENT_UNITS = 140
MESSAGE_CHARS = 300
REPLY_WINDOW = timedelta(hours=48)
BATCH = 20


class Writing:
    """Changes the world in the account's name. Nothing here knows an idempotency key."""

    def __init__(self, world: World) -> None:
        self._world = world

    def create(self, call: Call) -> Answer:
        """Comment on a post."""
        status = self._status(call)
        return self._say(call, status, call.need("comment"), None)

    def reply(self, call: Call) -> Answer:
        """Answer a comment; the server prefixes the name unless told not to."""
        status = self._status(call)
        text = call.need("comment")
        target = self._comment(call, call.need_number("cid"))
        if target.status != status.id:
            raise WeiboError(20201)
        if text.strip() and call.number("without_mention") == 0:
            text = f"回复@{self._world.users[target.author].name}:{text}"
        return self._say(call, status, text, target)

    def destroy(self, call: Call) -> Answer:
        """Remove an own comment, or one under an own post."""
        comment = self._destroy(call, call.need_number("cid"))
        return Answer(comment_json(self._world, comment), effect=f"deleted {comment.id}")

    def destroy_batch(self, call: Call) -> Answer:
        """Remove up to 20; the first that cannot be removed refuses the rest."""
        gone = [self._destroy(call, one) for one in call.ids("cids", BATCH)]
        rows = [comment_json(self._world, one) for one in gone]
        return Answer(rows, effect="deleted " + ",".join(str(one.id) for one in gone))

    def message(self, call: Call) -> Answer:
        """Answer a private message within 48 hours of the person's last one."""
        receiver = call.need_number("receiver_id")
        text = _message_text(call)
        talk = self._world.inbox.get(receiver, [])
        theirs = [one for one in talk if one.sender == receiver]
        if not theirs:
            raise WeiboError(20301)
        if call.now - theirs[-1].at > REPLY_WINDOW:
            raise WeiboError(26403)
        if not call.takes_repeats and _repeats(talk, call.account, text):
            raise WeiboError(20306)
        made = self._world.whisper(call.account, receiver, text, call.now)
        return Answer({"result": True}, effect=f"message {made.id}")

    def _say(self, call: Call, status: Status, text: str, target: Comment | None) -> Answer:
        _check_address(call)
        if not text.strip():
            raise WeiboError(20008)
        if units(text) > COMMENT_UNITS:
            raise WeiboError(20012)
        if not call.takes_repeats and self._said(call.account, status, target, text):
            raise WeiboError(20019)
        made = self._world.speak(
            call.account,
            status,
            text,
            call.now,
            reply_to=target,
            hidden_seconds=call.hidden_seconds,
        )
        return Answer(comment_json(self._world, made), effect=f"comment {made.id}")

    def _said(self, account: Account, on: Status, target: Comment | None, text: str) -> bool:
        mine = self._world.answers.get(target.id, []) if target else account.feeds[Feed.BY_ME]
        earlier = (self._world.comments[one] for one in mine)
        wanted = (on.id, target.id if target else None, text)
        return any(
            (one.status, one.reply_to, one.text) == wanted and not one.deleted for one in earlier
        )

    def _status(self, call: Call) -> Status:
        if not call.is_form:
            raise WeiboError(10016, "comment")
        found = self._world.statuses.get(call.need_number("id"))
        if found is None or found.deleted:
            raise WeiboError(20101)
        return found

    def _comment(self, call: Call, native_id: int) -> Comment:
        found = self._world.comments.get(native_id)
        if found is None or not is_shown(found, call.now):
            raise WeiboError(20201)
        return found

    def _destroy(self, call: Call, native_id: int) -> Comment:
        comment = self._comment(call, native_id)
        under = self._world.statuses[comment.status].owner
        if call.account.uid not in (comment.author, under):
            raise WeiboError(20203)
        self._world.delete(comment.id)
        return comment


def _check_address(call: Call) -> None:
    try:
        ipaddress.IPv4Address(call.need("rip"))
    except ValueError as error:
        raise WeiboError(10017, "rip") from error


def _message_text(call: Call) -> str:
    if call.need("type") != "text":
        raise WeiboError(10017, "type")
    try:
        data = json.loads(call.need("data"))
    except ValueError as error:
        raise WeiboError(10017, "data") from error
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise WeiboError(20008)
    if len(text) >= MESSAGE_CHARS:
        raise WeiboError(20013)
    return text


def _repeats(talk: list[Message], account: Account, text: str) -> bool:
    last = talk[-1]
    return last.sender == account.uid and last.text == text
