"""A pack of one's own, begun by a stranger in a directory of its own."""

from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from services.cli.app import build
from services.cli.policy_lint import findings
from shared.runtime.books import Shelf


def test_a_stranger_is_asked_one_thing_after_the_other_and_told_at_once_what_is_wrong(
    tmp_path: Path,
) -> None:
    app, place = build(), tmp_path / "mine"
    answers = "Our Pack\nours\nnosuch\nhotel\n海蓝\n店长\nshout\nreport_up\n"
    asked = CliRunner().invoke(app, ["policy", "new", "--policies", str(place)], input=answers)
    assert asked.exit_code == 0, asked.exception
    for said in (
        "small letters, digits and -",
        "hotel                 A hotel: enquiries to marketing",
        "there is no pack nosuch",
        "tell your superiors, and say nothing of it in public",
        "write one of clarify",
        f"zhishou policy lint --policies {place}",
    ):
        assert said in asked.output
    again = CliRunner().invoke(app, ["policy", "new", "--policies", str(place)], input="ours\n")
    assert "there is a pack ours already" in again.output
    lint = CliRunner().invoke(app, ["policy", "lint", "--policies", str(place)])
    assert lint.exit_code == 0, lint.output
    proved = CliRunner().invoke(app, ["policy", "test", "ours", "--policies", str(place)])
    assert proved.exit_code == 0
    assert "cases: 0" not in proved.output


def test_lint_names_a_year_whose_holidays_nobody_has_named(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "pack.yaml").write_text("organisation: 海蓝", encoding="utf-8")
    found = findings(Shelf(tmp_path), tmp_path, date(2031, 11, 2))
    years = [(each.pack, each.rule, each.grave) for each in found if each.kind == "holidays"]
    assert [each[1:] for each in years] == [
        ("gate.calendar.2031", False),
        ("gate.calendar.2032", False),
    ]
