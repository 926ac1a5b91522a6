"""What stands for something that was said without words, and so cannot be judged by its words."""

from typing import Final

PLACE, VOICE, PICTURE, VIDEO = "[位置]", "[语音]", "[图片]", "[视频]"
WORDLESS: Final = frozenset({PLACE, VOICE, PICTURE, VIDEO})


def readable(text: str) -> str:
    """Return the text; "" of blanks, and of a picture, a video, a voice or a place only named."""
    return "" if text in WORDLESS or text.isspace() else text
