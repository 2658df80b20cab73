"""*Health* says whether the CRM still has what was filed, and asks it seldom."""

import re
from collections.abc import Iterator

import pytest
from filing import Scene, Talk, scene_with_an_org
from program import Client, until

LOOKS = 5


@pytest.fixture(scope="module")
def scene(program: str, tmp_path_factory) -> Iterator[Scene]:
    with scene_with_an_org(program, tmp_path_factory.mktemp("crm")) as scene:
        yield scene


@pytest.fixture
def talk(scene: Scene) -> Talk:
    scene.org.requests(clear=True)
    return Talk(scene)


def health(agent: Client) -> tuple[dict, int]:
    """Whether filed logs were compared, and how many calls are not explained."""
    page = agent.json("admin/health")
    return page["filedLogs"], page["today"]["unexplained"]


def compared(scene: Scene) -> tuple[dict, int]:
    """The first comparison of a server that was started anew."""
    scene.server.restart()
    assert health(scene.agent) == ({}, 0), "nobody waits for it"
    return until(lambda: (found := health(scene.agent))[0] and found, 30, "the comparison")


def test_the_crm_is_asked_seldom_and_nobody_waits_for_it(scene: Scene, talk: Talk):
    talk.end().filed()
    about, unexplained = compared(scene)
    assert (set(about), unexplained) == ({"comparedAt"}, 0)
    for _ in range(LOOKS):
        assert health(scene.agent) == (about, 0)
    asked = [each for each in scene.org.requests() if re.search(f"/queryAll.*{talk.key}", each["target"])]
    assert len(asked) == 1

    scene.org.delete(record=scene.tasks(talk.key)[0]["Id"])
    about, unexplained = compared(scene)
    assert (set(about), unexplained) == ({"comparedAt"}, 1)
    scene.org.undelete(record=scene.org.records(kind="Task", CallKey__c=talk.key)[0]["Id"])


def test_a_comparison_that_comes_to_nothing_is_told(scene: Scene, talk: Talk):
    talk.end().filed()
    with scene.org.failing("html", path="/queryAll.*CallKey__c", times=None):
        about, unexplained = compared(scene)
    assert (set(about), unexplained) == ({"problem"}, 0)
    assert "Salesforce" in about["problem"]
