"""Run the classify service: `python -m services.classify`."""

import asyncio
import sys

from services.classify.adapters.child import ONE_TEXT
from services.classify.app import judge_one, serve
from services.classify.settings import ClassifySettings
from shared.errors import UserError


def main() -> int:
    """Run until stopped; a user's mistake is one line and exit code 2."""
    try:
        if sys.argv[1:] == [ONE_TEXT]:
            sys.stdout.buffer.write(judge_one(ClassifySettings(), sys.stdin.buffer.read()))
        else:
            asyncio.run(serve(ClassifySettings()))
    except UserError as error:
        sys.stderr.write(f"{error.line()}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
