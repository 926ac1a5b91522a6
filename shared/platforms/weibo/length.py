"""The lengths Weibo takes, in units (`shared/text/length.py`)."""

from shared.text.length import units

__all__ = ["COMMENT_UNITS", "MESSAGE_CHARS", "units"]

COMMENT_UNITS = 140
MESSAGE_CHARS = 300
"""A private message must be shorter than this many characters."""
