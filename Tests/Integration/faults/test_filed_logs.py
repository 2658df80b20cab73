"""*Health* says whether the CRM still has what was filed, and asks it seldom."""

import re

from filing import Scene, Talk
from program import Client, until

LOOKS = 5


def health(agent: Client) -> tuple[dict, int]:
    """Whether filed logs were compared, and how many calls are not explained."""
    page = agent.json("admin/health")
    return page["filedLogs"], page["today"]["unexplained"]


def compared(setting: Scene) -> tuple[dict, int]:
    """The first comparison of a server that was started anew."""
    setting.server.restart()
    assert health(setting.agent) == ({}, 0), "nobody waits for it"
    return until(lambda: (found := health(setting.agent))[0] and found, 30, "the comparison")


def test_the_crm_is_asked_seldom_and_nobody_waits_for_it(setting: Scene, talk: Talk):
    talk.end().filed()
    about, unexplained = compared(setting)
    assert (set(about), unexplained) == ({"comparedAt"}, 0)
    for _ in range(LOOKS):
        assert health(setting.agent) == (about, 0)
    asked = [each for each in setting.org.requests() if re.search(f"/queryAll.*{talk.key}", each["target"])]
    assert len(asked) == 1

    setting.org.delete(record=setting.tasks(talk.key)[0]["Id"])
    about, unexplained = compared(setting)
    assert (set(about), unexplained) == ({"comparedAt"}, 1)
    setting.org.undelete(record=setting.org.records(kind="Task", CallKey__c=talk.key)[0]["Id"])


def test_a_comparison_that_comes_to_nothing_is_told(setting: Scene, talk: Talk):
    talk.end().filed()
    with setting.org.failing("html", path="/queryAll.*CallKey__c", times=None):
        about, unexplained = compared(setting)
    assert (set(about), unexplained) == ({"problem"}, 0)
    assert "Salesforce" in about["problem"]
