"""The part of the model card that only a build knows."""

from __future__ import annotations

from pathlib import Path

START, END = "<!-- files -->", "<!-- end of files -->"


def update_card(card: Path, checksums: dict[str, str]) -> None:
    """Replaces the table between the two marks; the rest is written by people. Does nothing without a card."""
    if not card.exists():
        return
    text = card.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    rows = "".join(f"| `{name}` | `{digest}` |\n" for name, digest in checksums.items())
    card.write_text(f"{before}{START}\n| File | SHA-256 |\n|---|---|\n{rows}{END}{after}", encoding="utf-8")
