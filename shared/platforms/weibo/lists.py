"""The lists in which the public speaks to a Weibo account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.platforms.weibo.mapping import Owner, Parsed, parse_comment, parse_status


@dataclass(frozen=True, slots=True)
class PublicList:
    """One of the lists in which the public speaks to us, and the counter that announces it."""

    name: str
    path: str
    key: str
    parse: Callable[[Mapping[str, object], Owner], Parsed]


LISTS = (
    PublicList("cmt", "2/comments/to_me.json", "comments", parse_comment),
    PublicList("mention_cmt", "2/comments/mentions.json", "comments", parse_comment),
    PublicList("mention_status", "2/statuses/mentions.json", "statuses", parse_status),
)
