"""Run the classify service: `python -m services.classify`."""

import sys

from services.classify.adapters.child import EACH_TEXT, EXPLAIN
from services.classify.app import explain_one, judge_each, serve
from services.classify.settings import ClassifySettings
from shared.errors import UserError
from shared.runtime.entry import read_settings, refuse, run_service

ALONE = {EACH_TEXT: judge_each, EXPLAIN: explain_one}


def main() -> int:
    """Serve until stopped, or judge the texts on standard input, or explain the one."""
    alone = ALONE.get("".join(sys.argv[1:]))
    if alone is None:
        return run_service("classify", ClassifySettings, serve)
    try:
        for each in alone(read_settings(ClassifySettings), sys.stdin.buffer.read()):
            sys.stdout.buffer.write(each)
            sys.stdout.buffer.flush()
    except UserError as error:
        return refuse(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
