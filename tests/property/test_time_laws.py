"""One spelling of a time, whatever its zone and however round it is."""

from datetime import UTC, datetime, timedelta, tzinfo

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.base import stamp

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
PARTS = st.sampled_from([0, 1, 1000, 500_000, 999_999]) | st.integers(0, 999_999)


@given(st.integers(0, 10**10), PARTS, st.timezones())
def test_a_time_is_spelt_in_utc_to_the_microsecond(seconds: int, part: int, zone: tzinfo) -> None:
    exact = SINCE + timedelta(seconds=seconds, microseconds=part)
    spelt = exact.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert stamp(exact) == stamp(exact.astimezone(zone)) == spelt
