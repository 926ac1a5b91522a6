"""An explanation as lines for a person."""

from typing import Any


def readable(body: dict[str, Any]) -> str:
    """Return the same for a person."""
    held = ", ".join(body["decided"])
    lines = [f"{held}{' · a person is asked' if body['abstained'] else ''}   ({body['model']})"]
    lines += [f"degraded: {', '.join(body['degraded'])}"] if body["degraded"] else []
    for each in body["labels"]:
        lines += ["", *_lines(each)]
    return "\n".join(lines)


def _lines(each: dict[str, Any]) -> list[str]:
    verb = "holds" if each["decided"] else "does not hold"
    lines = [
        f"{each['label']}  {verb}: {each['probability']:.2f}, decided from {each['decides_at']:.2f} on"
    ]
    lines += [f"  {piece['weight']:+6.2f}  {piece['what']}" for piece in each["pieces"]]
    if each["flip"]:
        cut = " ".join(f"「{part['text']}」" for part in each["flip"]["without"])
        lines.append(f"  without {cut} it would be {each['flip']['probability']:.2f}")
    else:
        lines.append("  no few words of it decide this")
    return lines
