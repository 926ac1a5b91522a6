"""Run the classify service: `python -m services.classify`."""

import sys

from services.classify.adapters.child import EXPLAIN, ONE_TEXT
from services.classify.app import explain_one, judge_one, serve
from services.classify.settings import ClassifySettings
from shared.errors import UserError
from shared.runtime.entry import read_settings, refuse, run_service

ALONE = {ONE_TEXT: judge_one, EXPLAIN: explain_one}


def main() -> int:
    """Serve until stopped, or judge or explain the one text on standard input."""
    alone = ALONE.get("".join(sys.argv[1:]))
    if alone is None:
        return run_service("classify", ClassifySettings, serve)
    try:
        sys.stdout.buffer.write(alone(read_settings(ClassifySettings), sys.stdin.buffer.read()))
    except UserError as error:
        return refuse(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
