"""Keep secret values out of messages."""

from collections.abc import Iterable

from providers.base.values import Bag, secret_texts

SHORTEST = 4
"""Characters; a shorter secret is not blotted out, as it would blot half of every sentence."""


class Blotter:
    """Replaces the secret texts of some property bags in any text."""

    def __init__(self, bags: Iterable[Bag]) -> None:
        found = {text for bag in bags for text in secret_texts(bag) if len(text) >= SHORTEST}
        self._texts = sorted(found, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """Give the text with every secret in it replaced by `[secret]`."""
        for secret in self._texts:
            text = text.replace(secret, "[secret]")
        return text
