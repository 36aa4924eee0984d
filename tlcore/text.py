"""Texts that people typed, as they are kept: one line, printable, of bounded length."""


def one_line(text: str, most: int) -> str:
    """Make a text one line that can be shown anywhere.

    Args:
        text: whatever came; letters that cannot be seen, such as control characters, become blanks.
        most: how many characters are kept; a longer text ends with "…".

    Returns:
        The text without blanks at the ends or double blanks within.
    """
    words = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * most]).split()
    line = " ".join(words)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
