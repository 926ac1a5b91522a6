"""Subjects hold words of ours and hashes, whatever people are called (invariants 9 and 10)."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.facts import Fact
from shared.contracts.ids import TOKEN_CHARS, item_id, token
from shared.contracts.items import Author, ItemEdited, ItemKind, ItemReceived
from shared.contracts.operators import CaseNoted
from shared.contracts.subjects import is_once, message_id, subject_for
from shared.contracts.system import SourceReported

AT = datetime(2026, 5, 1, tzinfo=UTC)
SUBJECT = re.compile(r"zs\.v1(\.[a-z_]+){2}(\.weibo(\.[0-9a-f]+){1,2})?")
hostile = st.text(min_size=1, max_size=300) | st.sampled_from(["a.b", "*", ">", " ", "$JS.API"])


def received(account: str, native: str, version: str) -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id=account,
        item_id=item_id("weibo", account, "comment", native),
        item_version=version,
        item_kind=ItemKind.COMMENT,
        native_id=native,
        author=Author(author_id=native),
        text=native,
        published_at=AT,
        source="poll",
    )


def facts(account: str, native: str) -> list[Fact]:
    edited = ItemEdited(
        platform="weibo",
        account_id=account,
        item_id=native,
        item_version=native,
        native_id=native,
        text=native,
        edited_at=AT,
    )
    silent = SourceReported(
        platform="weibo", account_id=account, source=native, state="silent", since=AT
    )
    note = CaseNoted(op_id=native, person_id=native, case_id=native, text=native)
    return [received(account, native, native), edited, silent, note]


@given(account=hostile, native=hostile)
def test_no_text_of_a_person_enters_a_subject(account: str, native: str) -> None:
    for fact in facts(account, native):
        assert SUBJECT.fullmatch(subject_for(fact))
        assert re.fullmatch(rf"[0-9a-f]{{{TOKEN_CHARS}}}", message_id(fact))


def test_each_version_of_an_item_has_a_subject_of_its_own() -> None:
    first, second = received("a", "1", "v1"), received("a", "1", "v2")
    assert is_once(first)
    assert subject_for(first) != subject_for(second)
    assert subject_for(first) == subject_for(first.model_copy(update={"source": "push"}))


@given(parts=st.lists(hostile, min_size=2, max_size=4))
def test_the_border_between_parts_counts(parts: list[str]) -> None:
    assert token(*parts) != token("".join(parts))
