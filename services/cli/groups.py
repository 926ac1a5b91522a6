"""Command groups that several modules fill, such as `zhishou classify run` and `... text`."""

import typer

HELP = {
    "ingest": ("Listen to the platforms.", "zhishou ingest run"),
    "classify": (
        "Tell complaints, rumours and harm from the rest.",
        'echo "我要投诉" | zhishou classify text',
    ),
    "respond": ("Keep cases, clocks and replies; serve the console.", "zhishou respond run"),
    "watchdog": ("Notice what the engine has not done, and tell it.", "zhishou watchdog run"),
    "archive": ("Keep the searchable record.", "zhishou archive run"),
    "feedback": (
        "What people corrected, as rows to learn from.",
        "zhishou feedback export --out rows.jsonl",
    ),
    "model": ("Which model judges, and who put it in office.", "zhishou model list"),
    "audit": ("Prove that the record is what it was.", "zhishou audit verify"),
    "gate": ("Check texts before they leave (发前检查).", 'echo "可能是" | zhishou gate check'),
    "suggest": (
        "Answers offered to people (参考话术), and how good they are.",
        'echo "电梯又坏了" | zhishou suggest text',
    ),
    "knowledge": (
        "Approved answers (知识库): bring them in, look at them, take them along.",
        "zhishou knowledge list",
    ),
    "position": (
        "What may be said of a matter (口径): who approved it, until when, what rested on it.",
        "zhishou position list",
    ),
    "ban": ("Words nothing may hold for now (今日禁提).", "zhishou ban list"),
    "receipt": ("Automatic receipts in private messages (自动回执).", "zhishou receipt list"),
    "plan": ("Texts that are to be published later (排期).", "zhishou plan list"),
    "policy": ("Look at policy packs (规则包) and test them.", "zhishou policy lint"),
    "person": ("Let people in.", "zhishou person set-password wang"),
    "quarantine": (
        "What could not be folded, and folding it after all.",
        "zhishou quarantine list",
    ),
    "config": ("Look at what this installation is set to, and check it.", "zhishou config check"),
}


def group(app: typer.Typer, name: str) -> typer.Typer:
    """Return the group `name` of the application, made on first use."""
    for known in app.registered_groups:
        if known.name == name and known.typer_instance is not None:
            return known.typer_instance
    says, example = HELP[name]
    made = typer.Typer(no_args_is_help=True, help=says, epilog=f"Example: {example}")
    app.add_typer(made, name=name)
    return made
