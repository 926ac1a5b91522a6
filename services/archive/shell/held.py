"""Reads from the archive what was said when: positions and bans, and the replies that rested on them."""

import json
from pathlib import Path
from typing import Any

from services.archive.core.held import Held, told_again
from services.archive.shell.reading import opened

_ASKED = (
    "SELECT op_id, body FROM actions WHERE kind LIKE 'operator.position!_%' ESCAPE '!'"
    " OR kind LIKE 'operator.ban!_%' ESCAPE '!'"
)
_LINES = (
    "SELECT line FROM decisions WHERE kind = 'guidance.moved'"
    " OR (kind = 'operation.decided' AND json_extract(line, '$.accepted')"
    "     AND (line LIKE '%\"operator.position!_%' ESCAPE '!'"
    "          OR line LIKE '%\"operator.ban!_%' ESCAPE '!'))"
    " OR (kind = 'effect.decided' AND json_extract(line, '$.positions') IS NOT NULL)"
    " ORDER BY seq, place"
)
_ENDS = "SELECT effect_id, status FROM effects WHERE change = 'finished' ORDER BY seq"


def held(path: Path, what: str, wanted: str = "") -> list[Held]:
    """Return the positions or bans whose matter or text holds these words. Raises UserError."""
    with opened(path) as archive:
        asked: dict[str, Any] = {op: json.loads(body) for op, body in archive.execute(_ASKED)}
        lines = [json.loads(line) for (line,) in archive.execute(_LINES)]
        ends = dict(archive.execute(_ENDS).fetchall())
    return [
        each
        for each in told_again(asked, lines, ends)
        if each.what == what and wanted in f"{each.matter} {each.text}"
    ]
