"""The shape of a rollback in a plan of the policy: what GitHub starts, and how one sees which version runs."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from rules.policy_fields import Shape
from rules.text import Text
from rules.unfit import Unfit

INPUTS_MAX = 10  # https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event
Repository = Annotated[str, Field(pattern=r"^([\w.-]+/[\w.-]+)?$")]
Input = Annotated[str, Field(max_length=1000)]


class Dispatch(Shape):
    """What GitHub Actions is told to start: an event of one's own, or one workflow by its file."""

    repository: Repository = Field("", description="owner/name at GitHub; the plan's, when empty")
    event: str = Field("", max_length=100, description="`repository_dispatch` with this event_type")
    workflow: str = Field(
        "", pattern=r"^[\w.-]*$", description="`workflow_dispatch` of this file, such as rollback.yml"
    )
    ref: str = Field("", max_length=255, description="with `workflow`: the branch or tag that has the file")
    inputs: dict[str, Input] = Field(
        {},
        max_length=INPUTS_MAX,
        description="what it is told; $version is the release, $baseline the one to go back to",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.event) == bool(self.workflow):
            raise Unfit(Text.of("name one of `event` (a repository_dispatch) and `workflow` (a workflow_dispatch)"))
        if self.workflow and not self.ref:
            raise Unfit(Text.of("a `workflow` needs a `ref`, the branch or tag that has the file, such as main"))
        if self.event and self.ref:
            raise Unfit(Text.of("a `ref` is for a `workflow`; an `event` runs what the default branch has"))
        return self


class Running(Shape):
    """How one sees which version runs: a text in some JSON, or a label of what Prometheus finds."""

    json_url: str | None = Field(
        None, alias="json", pattern=r"^https?://", description="any JSON; `path` says where the version stands"
    )
    path: str = Field("", description="JMESPath of the version in the JSON")
    prometheus: str | None = Field(None, description="PromQL with one series for each version that runs")
    label: str = Field("", description="the label of those series that has the version")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.json_url is None) == (self.prometheus is None):
            raise Unfit(Text.of("name one of `json` and `prometheus`"))
        if self.json_url and not self.path:
            raise Unfit(Text.of("a `json` needs a `path`, the JMESPath of the version"))
        if self.prometheus and not self.label:
            raise Unfit(Text.of("a `prometheus` needs a `label`, the one that has the version"))
        return self
