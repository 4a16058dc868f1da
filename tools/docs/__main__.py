"""Write the generated pages, or check them: `python -m tools.docs [--check]`."""

import sys

from tools.docs.pages import pages


def main() -> int:
    """Write every page; with `--check` write nothing and give 1 when a page is stale."""
    check = "--check" in sys.argv[1:]
    stale = [path for path, text in pages() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if check:
        for path in stale:
            print(f"stale page: {path}; write it again with `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path, text in pages():
        if path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
