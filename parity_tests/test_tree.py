"""The walks over trees: each keeps the structure, takes leaves in order, and names them by their path."""

from typing import NamedTuple

import pytest

from scratch.tree import branches, map_named, map_tree, named_leaves, rebuild


class Pair(NamedTuple):
    first: object
    second: object


TREE = {"a": (1, Pair(2, {"b": 3})), "c": {}, "d": ()}
PATHS = ["a[0]", "a[1].first", "a[1].second/b"]


def test_a_map_keeps_the_structure_and_its_kinds():
    result = map_tree(lambda leaf: 10 * leaf, TREE)
    assert result == {"a": (10, Pair(20, {"b": 30})), "c": {}, "d": ()}
    assert type(result["a"][1]) is Pair
    assert result is not TREE
    assert map_tree(lambda leaf: leaf + 1, 4) == 5


def test_a_map_over_several_takes_leaves_that_belong_together():
    other = map_tree(lambda leaf: 100 * leaf, TREE)
    # In the order of its own keys, the second has the leaves of the first.
    turned = {key: other[key] for key in reversed(other)}
    assert map_tree(lambda *leaves: leaves, TREE, other, turned) == {
        "a": ((1, 100, 100), Pair((2, 200, 200), {"b": (3, 300, 300)})),
        "c": {},
        "d": (),
    }
    with pytest.raises(ValueError, match="zip"):
        map_tree(lambda *leaves: leaves, (1, 2), (1, 2, 3))
    with pytest.raises(KeyError, match="b"):
        map_tree(lambda *leaves: leaves, {"a": 1, "b": 2}, {"a": 1})


def test_leaves_are_named_by_their_path_in_order():
    assert list(named_leaves(TREE)) == list(zip(PATHS, (1, 2, 3), strict=True))
    assert list(named_leaves(TREE, "x")) == list(zip([f"x/{path}" for path in PATHS], (1, 2, 3), strict=True))
    assert list(named_leaves((4, 5), "x")) == [("x[0]", 4), ("x[1]", 5)]
    assert list(named_leaves(4, "x")) == [("x", 4)]
    assert list(named_leaves(4)) == [("", 4)]
    assert list(named_leaves({"a": {"b/c": 1}})) == [("a/b/c", 1)]


def test_a_map_is_given_the_names_that_the_walk_gives():
    assert map_named(lambda path, leaf: (path, leaf), TREE) == {
        "a": (("a[0]", 1), Pair(("a[1].first", 2), {"b": ("a[1].second/b", 3)})),
        "c": {},
        "d": (),
    }


def test_branches_are_one_level():
    assert branches({"a": 1, "b": (2,)}) == [("/a", 1), ("/b", (2,))]
    assert branches(Pair(1, (2,))) == [(".first", 1), (".second", (2,))]
    assert branches((1, (2,))) == [("[0]", 1), ("[1]", (2,))]


def test_a_tuple_is_rebuilt_as_the_kind_it_was():
    assert type(rebuild(Pair(1, 2), [3, 4])) is Pair
    assert rebuild(Pair(1, 2), [3, 4]) == Pair(3, 4)
    assert type(rebuild((1, 2), [3, 4])) is tuple
