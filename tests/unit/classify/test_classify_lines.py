"""The lines of `zhishou classify text`."""

import io
import json

from services.classify.adapters.engine import Classifier
from services.cli.classify_lines import Asked, Bad, answers, parse
from services.cli.lines import arrived
from shared.runtime.text_tables import load_tables


def test_lines_are_answered_in_order_and_a_bad_one_in_its_place() -> None:
    body = (
        '我要投诉，没人管\n{"id":"q","text":"请问几点开门？"}\n{"id":1}\n\n{oops\n'.encode()
        + b"\xff\n"
    )
    lines_in = [line for lines in arrived(io.BytesIO(body)) for line in lines]
    parsed = [parse(raw, number) for number, raw in enumerate(lines_in, 1)]
    asked = [each for each in parsed if each is not None]
    lines = [
        json.loads(each) for each in answers(Classifier.load(None, load_tables()), None, asked)
    ]
    assert [each.get("id") for each in lines] == ["1", "q", None, None, None]
    assert [each["error"]["line"] for each in lines[2:]] == [3, 5, 6]
    assert lines[0]["decided"] == ["complaint"]
    assert lines[0]["severity"] >= 45
    assert {"reasons", "model", "policy", "degraded", "abstained"} <= set(lines[1])


def test_a_last_line_without_an_end_counts() -> None:
    assert list(arrived(io.BytesIO("一\n二".encode()))) == [["一".encode()], ["二".encode()]]


def test_what_a_line_asks() -> None:
    assert parse(b'{"text":"x"}', 4) == Asked(id="4", text="x")
    assert parse(b"  \r", 1) is None
    assert isinstance(parse(b'{"text":7}', 1), Bad)
