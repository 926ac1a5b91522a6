"""Runs the mock platform: `python -m shared.platforms.mock --port 0 --run-file run.json`."""

import argparse
import asyncio
import secrets
import signal
import sys
from pathlib import Path

from shared.errors import UserError
from shared.platforms.mock.lines import parse_speed
from shared.platforms.mock.platform import MockOptions, MockPlatform
from shared.platforms.mock.server import run
from shared.runtime.clock import SystemClock


def main() -> int:
    """Serve until SIGTERM or Ctrl-C; say nothing unless something is wrong."""
    asked = _parser().parse_args()
    try:
        options = MockOptions(
            seed=asked.seed,
            accounts=asked.accounts,
            rate=asked.rate,
            stream=asked.stream,
            speed=parse_speed(asked.speed),
            max_gap_seconds=asked.max_gap,
            journal=asked.journal,
            diary=asked.diary,
            run=asked.run,
            calls_per_hour=asked.calls_per_hour,
        )
        asyncio.run(_serve(options, asked))
    except UserError as error:
        sys.stderr.write(f"{error.line()}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"the mock platform cannot start: {error}\n")
        return 2
    return 0


async def _serve(options: MockOptions, asked: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    platform = MockPlatform(options, SystemClock())
    control_token = secrets.token_urlsafe(24)
    try:
        await run(
            platform,
            control_token,
            port=asked.port,
            run_file=asked.run_file,
            stop=stop,
            host=asked.host,
            hook=asked.hook,
        )
    finally:
        platform.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.platforms.mock",
        description="A small simulated Weibo on loopback.",
        epilog="example: python -m shared.platforms.mock --port 8901 --seed 7 --rate 2",
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1", help="where it listens")
    parser.add_argument("--hook", default="", help="where the first account's messages go")
    parser.add_argument("--run-file", type=Path, help="written when ready: address and secrets")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same people and texts")
    parser.add_argument("--accounts", type=int, default=1, help="how many official accounts")
    parser.add_argument("--rate", type=float, default=0.2, help="simulated items a second")
    parser.add_argument("--stream", type=Path, help="play this raw stream instead (.jsonl, .gz)")
    parser.add_argument("--speed", default="1x", help='"20x", or "max"')
    parser.add_argument("--max-gap", type=float, default=10.0, help="longest recorded pause, s")
    parser.add_argument("--journal", type=Path, help="append every request here as JSONL")
    parser.add_argument("--diary", type=Path, help="keep the world here; else it ends with us")
    parser.add_argument("--run", default="", help="names this playing of the stream")
    parser.add_argument("--calls-per-hour", type=int, default=100_000, help="quota per account")
    return parser


if __name__ == "__main__":
    sys.exit(main())
