"""Short marks that keep a button to its own question. Pure."""

import json
from hashlib import sha256

from backend.conversations.state import Form


def mark(form: Form | None) -> str:
    """A short mark of this wish, so that a button under another one does nothing to it."""
    return sha256(f"{form.item} {form.asked_at}".encode()).hexdigest()[:8] if form else ""


def form_key(form: Form) -> str:
    """A short mark of exactly these details, so that an old "yes" cannot confirm new ones."""
    text = json.dumps([form.item, form.slots], sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()[:8]
