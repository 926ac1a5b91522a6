"""Run the classify service: `python -m services.classify`."""

import sys

from services.classify.adapters.child import ONE_TEXT
from services.classify.app import judge_one, serve
from services.classify.settings import ClassifySettings
from shared.errors import UserError
from shared.runtime.entry import read_settings, refuse, run_service


def main() -> int:
    """Serve until stopped, or judge the one text on standard input (a suspect, alone)."""
    if sys.argv[1:] != [ONE_TEXT]:
        return run_service("classify", ClassifySettings, serve)
    try:
        text = sys.stdin.buffer.read()
        sys.stdout.buffer.write(judge_one(read_settings(ClassifySettings), text))
    except UserError as error:
        return refuse(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
