"""The picture of the paths that change."""

from __future__ import annotations

from rbac_sync.guard.effects import effects
from rbac_sync.views.effect_rows import effect_rows
from rbac_sync.views.reports.graph import HEIGHT, ROW, Edge, Node, changing_edges, drawing
from tests.build import bind, context, plan, role, state, team, user, workspace

PEOPLE = (user("ana", "owner"), user("bo"), user("cy"), workspace("prod"))


def steps(before, after):
    rows = effect_rows(effects(context(plan(state(*before), state(*after)))))
    return [(e.start.text, e.end.text, e.comes) for e in changing_edges(rows)]


def grown(*permissions):
    members = (team("data", "bo"), bind("team:data", "prod", "r"))
    return (*PEOPLE, role("r", *permissions), *members)


def test_a_role_that_grows_is_one_path_that_comes():
    found = steps(grown("see_flows"), grown("see_flows", "see_blocks"))
    assert {comes for *_, comes in found} == {True}
    assert len({step[:2] for step in found}) == len(found)


def test_a_role_that_shrinks_is_one_path_that_goes():
    found = steps(grown("see_flows", "see_blocks"), grown("see_flows"))
    assert {comes for *_, comes in found} == {False}


def test_the_way_to_a_team_that_gets_another_role_stays():
    members = (*PEOPLE, team("data", "bo"))
    before = (*members, bind("team:data", "prod", "viewer"))
    after = (*members, bind("team:data", "prod", "runner"))
    found = steps(before, after)
    assert [(end, comes) for _, end, comes in found if " in " in end] == [
        ("viewer in prod", False),
        ("runner in prod", True),
    ]


def test_a_default_role_that_somebody_keeps_does_not_come():
    everyone = (*PEOPLE, bind("everyone", "prod", "viewer"))
    found = steps((*everyone, bind("bo", "prod", "runner")), everyone)
    assert [(end, comes) for _, end, comes in found] == [
        ("runner in prod", False),
        ("default role", None),
        ("viewer in prod", None),
    ]


def test_what_one_gets_and_another_loses_is_drawn_once_and_stays():
    held = (*PEOPLE, bind("team:data", "prod", "viewer"))
    found = steps((*held, team("data", "bo")), (*held, team("data", "cy")))
    assert [(end, comes) for start, end, comes in found if start == "team:data"] == [
        ("viewer in prod", None)
    ]


def test_groups_of_as_many_people_are_boxes_of_their_own():
    people = [f"p{number}" for number in range(20)]
    held = [bind(who, f"w{number // 10}", "viewer") for number, who in enumerate(people)]
    before = (*PEOPLE, *map(user, people), workspace("w0"), workspace("w1"))
    rows = effect_rows(effects(context(plan(state(*before), state(*before, *held)))))
    boxes = {edge.start for edge in changing_edges(rows)}
    assert [box.text for box in boxes] == ["10 people", "10 people"]


def test_a_line_past_the_column_between_runs_below_the_box_there():
    who, between, role = Node(0, "bo"), Node(1, "team:ops"), Node(2, "viewer in prod")
    lines = drawing([Edge(who, between, None), Edge(who, role, True), Edge(between, role, None)])
    assert [line for line, _ in lines.edges] == [
        "M 251 17 C 285 17 285 17 319 17",
        "M 251 17 C 286 17 286 39 321 39 H 569 C 604 39 604 17 639 17",
        "M 571 17 C 605 17 605 17 639 17",
    ]
    assert max(each.y for each in lines.nodes) + HEIGHT < 39 < ROW
