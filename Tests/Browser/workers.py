"""Which tests go to the same worker of pytest-xdist."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling


class ByServer(LoadScopeScheduling):
    """A phone system and another CRM take long to start: the tests of each run in one worker, one after the other. So do
    those of a folder, and else those of a file."""

    def _split_scope(self, nodeid: str) -> str:
        if "[salesforce" in nodeid:
            return "salesforce"
        file = PurePosixPath(nodeid.partition("::")[0])
        return str(file.parent if file.parent.name else file)
