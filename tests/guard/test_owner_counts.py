"""The number of owners at each time from now on."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard.owner_counts import counts
from rbac_sync.model.instant import is_open

from ..build import NOW, who


@given(st.lists(st.tuples(st.sampled_from("ab"), *[st.none() | st.integers(-3, 3)] * 2)))
def test_people_are_counted_at_each_time_at_which_a_term_begins_or_ends(days):
    def day(number):
        return None if number is None else NOW + timedelta(number)

    terms = [(who(name), day(since), day(until)) for name, since, until in days]
    people = {person for person, *_ in terms}
    spans = (frozenset(tuple(term) for who, *term in terms if who == each) for each in people)
    numbers = counts(Counter(spans), NOW)
    for at in map(day, range(5)):
        number = [count for since, count in numbers if since <= at][-1]
        assert number == len({person for person, *term in terms if is_open(*term, at)})
