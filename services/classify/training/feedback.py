"""What people corrected, as rows to learn from, and as what a model card says of them."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from services.classify.adapters.weight_files import Origin
from services.classify.training.data import Row, own_row
from shared.contracts.base import Time
from shared.contracts.verdicts import Label
from shared.errors import UserError


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    text: Annotated[str, StringConstraints(min_length=1)]
    labels: tuple[Label, ...]
    at: Time


@dataclass(frozen=True, slots=True)
class Feedback:
    """Rows that count like our own, and where they came from."""

    rows: tuple[Row, ...]
    origin: Origin


def feedback_of(data: bytes, where: str) -> Feedback:
    """Return the rows of a feedback file. Raises UserError for a line that is none."""
    lines = [_line(raw, f"{where}:{number}") for number, raw in enumerate(data.splitlines(), 1)]
    if not lines:
        fix = "people correct labels in the console; leave the option out until they have"
        raise UserError("there is no feedback here", where=where, fix=fix)
    times = sorted(each.at for each in lines)
    origin = Origin(
        rows=len(lines), sha256=hashlib.sha256(data).hexdigest(), first=times[0], last=times[-1]
    )
    return Feedback(tuple(own_row(each.text, each.labels) for each in lines), origin)


def _line(raw: bytes, where: str) -> _Line:
    try:
        return _Line.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "line"
        fix = "make the file with `zhishou feedback export`"
        raise UserError(
            f"no row of feedback: {field}: {first['msg']}", where=where, fix=fix
        ) from (error)
