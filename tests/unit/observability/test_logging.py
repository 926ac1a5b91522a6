"""A log line says what happened and nothing about who wrote what."""

import contextlib
import io
import json
import logging

import pytest
from pydantic import BaseModel, ValidationError

from shared.observability.catalog import Event
from shared.observability.logging import Level, Log, configure_logging, log_context


def written(level: Level = "info") -> io.StringIO:
    out = io.StringIO()
    configure_logging("test", level=level, stream=out)
    return out


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


class _Shape(BaseModel):
    number: int


def test_a_line_is_json_with_event_service_level_and_time() -> None:
    out = written()
    with log_context(account_id="acct1"):
        Log("ingest.poll").info(Event.ITEMS_PUBLISHED, count=3)
    (line,) = lines(out)
    assert line.pop("timestamp")
    assert line == {
        "event": "items.published",
        "service": "test",
        "part": "ingest.poll",
        "level": "info",
        "account_id": "acct1",
        "count": 3,
    }


def test_text_of_the_public_and_secrets_never_leave_above_debug() -> None:
    out = written("debug")
    log = Log("x")
    log.warning(Event.ITEM_REJECTED, text="骂人的话", session_cookie="abc", phone="13812345678")
    log.debug(Event.ITEM_REJECTED, text="话 13812345678")
    warning, debug = lines(out)
    assert warning["text"] == "[4 characters]"
    assert warning["session_cookie"] == "***"
    assert warning["phone"] == "[phone]"
    assert debug["text"] == "话 [phone]"


def test_a_line_break_in_a_value_cannot_forge_a_line() -> None:
    out = written()
    Log("x").info(Event.SOURCE_REPORTED, detail='a\n{"event":"forged"}')
    assert len(lines(out)) == 1


def test_nested_values_long_values_and_addresses_are_cleaned() -> None:
    out = written()
    Log("x").info(
        Event.BUS_CONNECTED,
        url="nats://user:pass@127.0.0.1:4222",
        inner={"password": "p", "seen": ["a@b.cn", 2, None]},
        long="长" * 1000,
        native_id="6222021234567894",
    )
    (line,) = lines(out)
    assert line["url"] == "nats://***@127.0.0.1:4222"
    assert line["inner"] == {"password": "***", "seen": ["[email]", 2, None]}
    assert len(str(line["long"])) < 400
    assert line["native_id"] == "6222021234567894"


def test_an_error_shows_its_kind_and_places_but_no_input() -> None:
    out = written()
    log = Log("x")
    try:
        _Shape.model_validate({"number": "骂人的话"})
    except ValidationError as error:
        log.failed(Event.LOOP_FAILED, error)
    log.failed(Event.LOOP_FAILED, cause=ValueError("call 13812345678"))
    first, second = lines(out)
    assert first["error"] == "ValidationError: number (int_parsing)"
    assert "骂" not in out.getvalue()
    assert isinstance(first["frames"], list)
    assert "test_an_error_shows" in first["frames"][-1] or len(first["frames"]) > 1
    assert second["cause"] == "ValueError: call [phone]"


def test_lines_below_the_level_are_not_written() -> None:
    out = written("warning")
    Log("x").info(Event.ITEMS_PUBLISHED)
    assert out.getvalue() == ""


def test_what_libraries_say_comes_out_in_the_same_shape() -> None:
    out = written()
    logging.getLogger("some.library").warning("token for %s", "a@b.cn")
    try:
        int("13812345678!")
    except ValueError:
        logging.getLogger("some.library").exception("oops")
    first, second = lines(out)
    assert first["said"] == "token for [email]"
    assert first["event"] == "library.spoke"
    assert "[phone]!" in str(second["error"])


def test_the_console_form_is_for_people() -> None:
    out = io.StringIO()
    configure_logging("test", log_format="console", stream=out)
    Log("x").info(Event.SERVICE_READY, count=1)
    assert "service.ready" in out.getvalue()


def test_a_line_goes_to_stderr_as_it_is_now_not_as_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with contextlib.redirect_stderr(io.StringIO()) as gone:
        configure_logging("test", log_format="console")
    gone.close()
    Log("x").info(Event.SERVICE_READY, count=1)
    assert "service.ready" in capsys.readouterr().err


class _Full(io.StringIO):
    def write(self, _text: str, /) -> int:
        raise OSError(28, "No space left on device")


def test_a_line_that_cannot_be_written_fails_nothing() -> None:
    closed = io.StringIO()
    closed.close()
    for out in (_Full(), closed):
        configure_logging("test", stream=out)
        Log("x").failed(Event.ITEM_REJECTED, ValueError("x"))
