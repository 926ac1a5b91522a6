"""The world as JSON, in the shapes of the real platform."""

from datetime import datetime

from shared.platforms.mock.identity import wire_time
from shared.platforms.mock.model import Comment, Message, Status, User
from shared.platforms.mock.world import World

SOURCE = '<a href="http://weibo.com/" rel="nofollow">微博 weibo.com</a>'
GONE = "抱歉，此微博已被作者删除。"

Json = dict[str, object]


def user_json(user: User, *, full: bool = False) -> Json:
    """Return a user; counters and description are withheld unless `full`."""
    shape: Json = {
        "id": user.uid,
        "idstr": str(user.uid),
        "screen_name": user.name,
        "name": user.name,
        "province": "100",
        "city": "1000",
        "location": "其他",
        "gender": user.gender,
        "followers_count": user.followers,
        "profile_url": f"u/{user.uid}",
        "created_at": wire_time(user.created_at),
        "verified": user.verified_type >= 0,
        "verified_type": user.verified_type,
        "lang": "zh-cn",
    }
    if full:
        shape |= {
            "description": user.verified_reason,
            "verified_reason": user.verified_reason,
            "friends_count": 0,
            "statuses_count": 0,
            "favourites_count": 0,
            "allow_all_comment": True,
        }
    return shape


def status_json(world: World, status: Status, *, nested: bool = True) -> Json:
    """Return a post with what it reposts; a deleted one is a stub without a user."""
    head: Json = {
        "created_at": wire_time(status.at),
        "id": status.id,
        "idstr": str(status.id),
        "mid": str(status.id),
    }
    if status.deleted:
        return head | {"text": GONE, "deleted": "1", "source": ""}
    shape = head | {
        "text": status.text,
        "textLength": len(status.text),
        "source": SOURCE,
        "favorited": False,
        "truncated": False,
        "in_reply_to_status_id": "",
        "in_reply_to_user_id": "",
        "in_reply_to_screen_name": "",
        "pic_urls": [],
        "geo": None,
        "user": user_json(world.users[status.author]),
        "reposts_count": status.reposts,
        "comments_count": len(status.comments),
        "attitudes_count": 0,
        "mlevel": 0,
        "visible": {"type": 0, "list_id": 0},
        "isLongText": False,
    }
    if status.edited_at is not None:
        shape |= {"edit_at": wire_time(status.edited_at), "edit_count": status.edits}
    if status.parent is not None and status.parent != status.retweeted:
        shape["pid"] = status.parent
    if nested and status.retweeted is not None:
        original = world.statuses[status.retweeted]
        shape["retweeted_status"] = status_json(world, original, nested=False)
    return shape


def comment_json(world: World, comment: Comment, *, nested: bool = True) -> Json:
    """Return a comment with its post and, when it answers another, that one."""
    shape: Json = {
        "created_at": wire_time(comment.at),
        "id": comment.id,
        "idstr": str(comment.id),
        "mid": str(comment.id),
        "rootid": comment.root or comment.id,
        "rootidstr": str(comment.root or comment.id),
        "floor_number": 0,
        "text": comment.text,
        "source": SOURCE,
        "user": user_json(world.users[comment.author]),
    }
    if nested:
        shape["status"] = status_json(world, world.statuses[comment.status])
        if comment.reply_to is not None:
            answered = world.comments[comment.reply_to]
            shape["reply_comment"] = comment_json(world, answered, nested=False)
    return shape


def message_json(message: Message) -> Json:
    """Return a private message as it is pushed; the wire gives it no id."""
    return {
        "type": "text",
        "receiver_id": message.receiver,
        "sender_id": message.sender,
        "created_at": wire_time(message.at),
        "text": message.text,
        "data": {},
    }


def is_shown(comment: Comment, now: datetime) -> bool:
    """Tell whether a reader sees the comment now."""
    return not comment.deleted and comment.visible_at <= now
