"""A wording that is joined from its shape reads as if it had been rendered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.policy.templates import VARIABLES, TemplateError, fill
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir

SHIPPED = sorted(
    {each.text for pack in read_packs(default_policies_dir()).values() for each in pack.templates}
)
ODD = [
    "没有空格",
    "{{ matter }}{{ matter }}",
    "{% if matter and not next_answer %}{{ matter }}{% else %}{{ next_answer or opening }}{% endif %}\n",
    "{% if matter == '停车费' %}费{% endif %}{{ matter }}",
    "{{ closing if opening else matter }}",
    "{% if matter is defined %}{{ not matter }}{% endif %}",
    "\x00{{ matter }}",
]
_VALUES = st.fixed_dictionaries(
    {name: st.sampled_from(["", "停车费", "\x00", "{{ matter }}"]) for name in sorted(VARIABLES)}
)


@given(st.sampled_from([*SHIPPED, *ODD]), _VALUES)
def test_a_wording_is_filled_as_the_library_renders_it(
    source: str, values: dict[str, str]
) -> None:
    try:
        filled = fill(source, values)
    except TemplateError:
        filled = ""
        assert source in ODD
    else:
        assert filled == ImmutableSandboxedEnvironment().from_string(source).render(values)


def test_a_blank_nobody_fills_is_an_error() -> None:
    with pytest.raises(TemplateError, match="matter"):
        fill("关于{{ matter }}", {})
