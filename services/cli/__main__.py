"""Entry point of `zhishou` and of `python -m services.cli`."""

import os
import signal
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:  # nobody can catch an interrupt yet: it ends the process without a trace
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.stdin is None:  # closed by who started us: there is nothing to read, and nobody to ask
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  open to the end
    from services.cli.errors import guarded

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(guarded(_run))


def _run() -> int:
    if sys.argv[1:2] == ["up"] and not {"--help", "-h"} & set(sys.argv):
        from services.cli.preload.start import start_early

        start_early(dict(os.environ))
    from services.cli.app import run

    return run(sys.argv[1:], dict(os.environ))


if __name__ == "__main__":
    main()
