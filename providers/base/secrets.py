"""Keep secret values out of messages."""

from collections.abc import Iterable

from providers.base.values import Bag, Secret, leaves, plain, secret_texts

SHORTEST = 4
"""Characters; a shorter secret is not blotted out, as it would blot half of every sentence."""

SHORTEST_LEAK = 8
"""Characters; a shorter secret found in an output may be there by chance."""


def conceal(bag: Bag, given: Bag) -> Bag:
    """Mark properties secret in which a secret text of the given ones turns up, such as an address with a password."""
    texts = [text for text in secret_texts(given) if len(text) >= SHORTEST_LEAK]
    return {name: Secret(plain(value)) if _leaks(value, texts) else value for name, value in bag.items()}


def _leaks(value: object, texts: list[str]) -> bool:
    open_texts = [leaf for _, leaf in leaves(value, opened=False) if isinstance(leaf, str)]
    return any(text in leaf for leaf in open_texts for text in texts)


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
