"""Makes the mock platform's accounts known to the services, and the services known to it."""

import asyncio
import json
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.cli.children import read_run_file
from services.cli.embedded.data_dir import DataDir, write_private

ANSWER_SECONDS = 5.0
OK = 200


def write_accounts(data: DataDir) -> Path:
    """Write the register of the mock's accounts and return where it is (JSON is YAML too)."""
    report = read_run_file(data, "mock")
    accounts = [_entry(account, str(report["http"])) for account in report["accounts"]]
    place = data.path / "accounts.yaml"
    write_private(place, json.dumps({"accounts": accounts}, ensure_ascii=False, indent=2))
    return place


def account_id(native_id: str) -> str:
    """Return our id of a mock account."""
    return f"weibo-{native_id}"


def _entry(account: Mapping[str, str], endpoint: str) -> dict[str, object]:
    kept = ("native_id", "name", "app_key", "app_secret", "access_token")
    return {
        "account_id": account_id(account["native_id"]),
        "platform": "weibo",
        "endpoint": endpoint,
        "live": False,
        **{key: account[key] for key in kept},
    }


async def register_hooks(data: DataDir, entry: str = "") -> None:
    """Tell the mock where private messages go, once it and ingest have both reported.

    `entry` is the address of whatever stands in front of ingest, if anything does.
    """
    mock, ingest = read_run_file(data, "mock"), read_run_file(data, "ingest")
    for account in mock.get("accounts", ()):
        url = ingest.get(f"hook:{account_id(account['native_id'])}")
        if url:
            url = f"{entry}{urlsplit(url).path}" if entry else url
            body = {"url": url, "account": int(account["native_id"])}
            await asyncio.to_thread(_post, str(mock["http"]), str(mock["control_token"]), body)


def _post(address: str, token: str, body: Mapping[str, Any]) -> None:
    """Register one address. A mock that is just being restarted registers again when it is up."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=ANSWER_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/control/webhook", json.dumps(body), headers)
        connection.getresponse().read()
    except OSError:
        return
    finally:
        connection.close()
