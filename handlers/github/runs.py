"""Workflow runs and other apps' check suites: a failure fires until the same workflow succeeds on the same branch.

One key is one workflow on one branch, so that a newer failing run is a repeat. The order is that of the runs, then of a
run's attempts: the late success of an older run never hides the failure of a newer one.
"""

from handlers.github.moments import aged, ordered
from handlers.github.shapes import Acted, Happening, Line, Millis, Name, Part, Person, Repository, Url
from handlers.github.signals import Body, Reader, facts, links, report, tally, titled, yes
from rules.signal import Signal

FAILED = frozenset({"failure", "timed_out", "startup_failure"})
VERDICTS = FAILED | {"success"}
OWN_APP = frozenset({"github-actions", "GitHub Actions"})


class Workflow(Name):
    """The workflow that a run is of; not there for some runs that GitHub makes by itself."""

    id: int = 0
    path: Line = ""


class Run(Part):
    """One run of a workflow. `created_at` stays the same when it is run again, `run_attempt` grows."""

    workflow_id: int = 0
    name: Line = ""
    path: Line = ""
    display_title: Line = ""
    conclusion: Line = ""
    event: Line = ""
    head_branch: Line = ""
    head_sha: Line = ""
    head_repository: Repository | None = None
    run_attempt: int = 1
    actor: Person = Person()
    html_url: Url = ""
    created_at: Millis = 0
    updated_at: Millis = 0


class WorkflowRunEvent(Happening):
    """`workflow_run`."""

    workflow_run: Run
    workflow: Workflow = Workflow()


class App(Name):
    """The GitHub App that a check suite belongs to; older payloads have no `slug`."""

    slug: Line = ""

    @property
    def word(self) -> str:
        """What it goes by in a key."""
        return self.slug or self.name


class Suite(Part):
    """All checks of one app on one commit; those of a fork have no `head_branch`."""

    app: App = App()
    conclusion: Line = ""
    head_branch: Line = ""
    head_sha: Line = ""
    created_at: Millis = 0
    updated_at: Millis = 0


class CheckSuiteEvent(Happening):
    """`check_suite`."""

    check_suite: Suite


def workflow_run(body: Body) -> list[Signal]:
    """A report, and a tally by which flaky workflows are found; raises ValidationError."""
    if Acted.model_validate(body).action != "completed":
        return []
    happening = WorkflowRunEvent.model_validate(body)
    if happening.workflow_run.conclusion not in VERDICTS:
        return []
    return [_run_report(happening), _run_tally(happening)]


def check_suite(body: Body) -> list[Signal]:
    """A report, unless the app is GitHub's own, whose runs come as `workflow_run`; raises ValidationError."""
    if Acted.model_validate(body).action != "completed":
        return []
    happening = CheckSuiteEvent.model_validate(body)
    suite, app = happening.check_suite, happening.check_suite.app
    if app.word in OWN_APP or suite.conclusion not in VERDICTS:
        return []
    repository, failed = happening.repository, suite.conclusion in FAILED
    at = aged(suite.created_at, suite.updated_at)
    page = f"{repository.html_url}/commit/{suite.head_sha}/checks" if repository.html_url and suite.head_sha else ""
    signal = report(
        event="check_suite",
        key=f"github:check_suite:{repository.full_name}:{app.word}:{suite.head_branch}",
        firing=failed,
        title=titled(app.name or app.word, suite.head_branch),
        labels=_labels(happening, suite.conclusion, suite.head_branch, happening.sender, app=app.word),
        at=at,
        since=at,
        until=suite.updated_at,
        links=links(run=page) if failed else (),
    )
    return [signal]


EVENTS: dict[str, Reader] = {"workflow_run": workflow_run, "check_suite": check_suite}


def _run_report(happening: WorkflowRunEvent) -> Signal:
    run, branch, failed = happening.workflow_run, _branch(happening), happening.workflow_run.conclusion in FAILED
    actor = run.actor if run.actor.login else happening.sender
    more = facts(workflow=_name(happening), attempt=str(run.run_attempt), trigger=run.event)
    at = ordered(run.created_at, step=run.run_attempt - 1)
    return report(
        event="workflow_run",
        key=f"github:workflow_run:{happening.repository.full_name}:{_workflow(happening)}:{branch}",
        firing=failed,
        title=titled(_name(happening), branch),
        summary=run.display_title if failed else "",
        labels=_labels(happening, run.conclusion, branch, actor, **more),
        at=at,
        since=at,
        until=run.updated_at,
        links=links(run=run.html_url) if failed else (),
        people=actor.names,
    )


def runs_key(repository: str) -> str:
    """Under which the runs of a repository (owner/name) are counted; a release watch reads them there."""
    return f"github:runs:{repository}"


def _run_tally(happening: WorkflowRunEvent) -> Signal:
    run, repository = happening.workflow_run, happening.repository.full_name
    labels = facts(
        event="workflow_run",
        conclusion=run.conclusion,
        attempt=str(run.run_attempt),
        repository=repository,
        workflow=_name(happening),
        branch=_branch(happening),
        head_sha=run.head_sha,
    )
    return tally(event="workflow_run", key=runs_key(repository), labels=labels, at=run.updated_at)


def _labels(happening: Happening, conclusion: str, branch: str, actor: Person, **more: str) -> dict[str, str]:
    known = happening.repository.default_branch
    return facts(
        event="workflow_run" if isinstance(happening, WorkflowRunEvent) else "check_suite",
        repository=happening.repository.full_name,
        branch=branch,
        default_branch=yes(branch == known) if known else "",
        conclusion=conclusion,
        severity="error" if conclusion in FAILED else "",
        actor=actor.login,
        author_type=actor.type,
        **more,
    )


def _workflow(happening: WorkflowRunEvent) -> str:
    run, workflow = happening.workflow_run, happening.workflow
    return str(run.workflow_id or workflow.id or "") or run.path or workflow.path or run.name


def _name(happening: WorkflowRunEvent) -> str:
    run, workflow = happening.workflow_run, happening.workflow
    return workflow.name or run.name or run.path


def _branch(happening: WorkflowRunEvent) -> str:
    """The branch; a fork's as owner:branch, as GitHub shows it: a fork's main is not ours. No branch has a colon."""
    run, home = happening.workflow_run, happening.repository.full_name
    if run.head_repository is None or run.head_repository.full_name == home:
        return run.head_branch
    return f"{run.head_repository.full_name.partition('/')[0]}:{run.head_branch}"
