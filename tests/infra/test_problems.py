"""Mistakes are reported together, each with its place and the nearest right name."""

from infra.problems import Problem, ProblemsError, nearest


def test_a_problem_is_one_readable_line() -> None:
    """Place, text, what is allowed and the suggestion stand on one line."""
    line = str(Problem("stores.a.encryption", "given 'nope'", "customer-managed, none", "none"))
    assert line == "stores.a.encryption: given 'nope'; allowed: customer-managed, none; did you mean 'none'?"


def test_all_problems_are_in_the_error() -> None:
    """The error's text has every problem, one a line."""
    error = ProblemsError("the settings have mistakes", [Problem("a", "x"), Problem("b", "y")])
    assert str(error).splitlines() == ["the settings have mistakes:", "  a: x", "  b: y"]


def test_nearest_ignores_case_and_separators() -> None:
    """`Data-Class` is near `data_class`; a far word has no nearest."""
    assert nearest("Data-Class", ["data_class", "labels"]) == "data_class"
    assert nearest("zzz", ["data_class", "labels"]) == ""
