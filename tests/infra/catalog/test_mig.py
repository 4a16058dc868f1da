"""Which layouts of MIG fit on which GPU."""

import pytest

from infra.catalog import mig


@pytest.mark.parametrize(
    ("model", "layout"),
    [
        ("h100", {"1g.10gb": 7}),
        ("h100", {"1g.20gb": 4}),
        ("h100", {"4g.40gb": 1, "3g.40gb": 1}),
        ("h100", {"3g.40gb": 1, "1g.10gb": 4}),
        ("h200", {"3g.71gb": 1, "2g.35gb": 2}),
        ("b200", {"2g.45gb": 3, "1g.23gb": 1}),
        ("a100", {"7g.40gb": 1}),
    ],
)
def test_layouts_that_nvidia_draws_fit(model: str, layout: dict[str, int]) -> None:
    """A layout that the guide's diagrams show has no problem."""
    assert mig.check(model, layout) == []


@pytest.mark.parametrize(
    ("model", "layout", "says"),
    [
        ("h100", {"4g.40gb": 2}, "does not fit"),
        ("h100", {"1g.10gb": 8}, "does not fit"),
        ("h100", {"3g.40gb": 2, "1g.10gb": 1}, "does not fit"),
        ("h100", {}, "nothing does not fit"),
        ("h100", {"1g.10gb": 0}, "given 0"),
        ("l4", {"1g.10gb": 1}, "cannot be cut"),
    ],
)
def test_layouts_without_a_place_are_refused(model: str, layout: dict[str, int], says: str) -> None:
    """What has no place on the GPU is one clear problem."""
    (problem,) = mig.check(model, layout)
    assert says in problem.text


def test_a_profile_of_another_gpu_names_the_nearest() -> None:
    """H200's profile on an H100 is refused, with the name that was meant."""
    (problem,) = mig.check("h100", {"1g.18gb": 7})
    assert problem.where == "mig.1g.18gb"
    assert problem.suggestion == "1g.10gb"
