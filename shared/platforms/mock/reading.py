"""The reading endpoints. Lists are cut first and filtered afterwards, so a page may be short."""

from collections.abc import Sequence

from shared.platforms.mock.calls import Answer, Call
from shared.platforms.mock.errors import WeiboError
from shared.platforms.mock.model import Comment, Feed, Status
from shared.platforms.mock.paging import bounds, cut
from shared.platforms.mock.quota import Quota
from shared.platforms.mock.wire import Json, comment_json, is_shown, status_json, user_json
from shared.platforms.mock.world import World

BATCH = 20
TIMELINE = 5
UNREAD = (
    "status", "follower", "cmt", "dm", "mention_status", "mention_cmt", "group",
    "private_group", "notice", "invite", "badge", "photo", "msgbox",
)  # fmt: skip


class Reading:
    """Answers reads from the world; looking at the head of a list clears its unread counter."""

    def __init__(self, world: World, quota: Quota) -> None:
        self._world = world
        self._quota = quota

    def comments_to_me(self, call: Call) -> Answer:
        return self._comment_feed(call, Feed.TO_ME)

    def comments_mentions(self, call: Call) -> Answer:
        return self._comment_feed(call, Feed.COMMENT_MENTIONS)

    def comments_by_me(self, call: Call) -> Answer:
        return self._comment_feed(call, Feed.BY_ME)

    def comments_show(self, call: Call) -> Answer:
        """List the comments under one post."""
        status = self.status_of(call.need_number("id"))
        return self._comments(call, status.comments)

    def comments_show_batch(self, call: Call) -> Answer:
        """Return up to 20 comments by id; what is gone is simply not there."""
        found = (self._world.comments.get(one) for one in call.ids("cids", BATCH))
        shown = [one for one in found if one is not None and is_shown(one, call.now)]
        return Answer([comment_json(self._world, one) for one in shown])

    def statuses_mentions(self, call: Call) -> Answer:
        """List posts and reposts that reach the account; deleted ones appear as stubs."""
        feed = call.account.feeds[Feed.STATUS_MENTIONS]
        self._seen(call, Feed.STATUS_MENTIONS)
        only_original = call.number("filter_by_type") == 1
        found = [self._world.statuses[one] for one in cut(feed, call.window())]
        kept = [one for one in found if not (only_original and one.retweeted)]
        return self._listing(call, feed, [status_json(self._world, one) for one in kept])

    def statuses_show(self, call: Call) -> Answer:
        """Return one of the account's own posts, or a post that reached it."""
        return Answer(status_json(self._world, self.status_of(call.need_number("id"))))

    def user_timeline(self, call: Call) -> Answer:
        """Return the newest own posts; the platform gives five at most."""
        feed = call.account.feeds[Feed.TIMELINE]
        newest = [self._world.statuses[one] for one in reversed(feed[-TIMELINE:])]
        rows = [status_json(self._world, one) for one in newest if not one.deleted]
        return self._listing(call, feed, rows)

    def users_show(self, call: Call) -> Answer:
        """Return a user by exactly one of `uid` and `screen_name`."""
        uid, name = call.number("uid"), call.params.get("screen_name", "")
        if (uid == 0) == (name == ""):
            raise WeiboError(10008)
        for user in [self._world.users.get(uid)] if uid else self._world.users.values():
            if user is not None and (uid or user.name == name):
                return Answer(user_json(user, full=user.uid == call.account.uid))
        raise WeiboError(20003)

    def unread_count(self, call: Call) -> Answer:
        """Return the unread counters; this call costs no quota."""
        unread = call.account.unread
        return Answer({name: unread.get(name, 0) for name in UNREAD})

    def rate_limit_status(self, call: Call) -> Answer:
        """Return the quota; this call costs none."""
        return Answer(self._quota.status(call.account.uid, call.address, call.now))

    def status_of(self, native_id: int) -> Status:
        """Return a post. Raises 20101."""
        found = self._world.statuses.get(native_id)
        if found is None or found.deleted:
            raise WeiboError(20101)
        return found

    def _comment_feed(self, call: Call, feed: Feed) -> Answer:
        self._seen(call, feed)
        return self._comments(call, call.account.feeds[feed])

    def _comments(self, call: Call, ids: Sequence[int]) -> Answer:
        followed_only = call.number("filter_by_author") == 1
        page = [self._world.comments[one] for one in cut(ids, call.window())]
        kept = [one for one in page if _passes(one, call, followed_only=followed_only)]
        rows = [comment_json(self._world, one) for one in kept]
        return self._listing(call, ids, rows, key="comments")

    def _listing(
        self, call: Call, ids: Sequence[int], rows: list[Json], key: str = "statuses"
    ) -> Answer:
        window = call.window()
        low, high = bounds(ids, window)
        below = high - window.page * window.count
        body: Json = {
            key: rows,
            "previous_cursor": 0,
            "next_cursor": ids[below - 1] if below > low else 0,
            "total_number": high - low,
        }
        return Answer(body, listing=key)

    def _seen(self, call: Call, feed: Feed) -> None:
        if call.window().is_head:
            call.account.unread[feed.value] = 0


def _passes(comment: Comment, call: Call, *, followed_only: bool) -> bool:
    """Nobody follows anybody in this world but the account itself."""
    is_own = comment.author == call.account.uid
    return is_shown(comment, call.now) and (is_own or not followed_only)
