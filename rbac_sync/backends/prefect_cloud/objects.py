"""The objects of a workspace that have access lists: their ids by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import assert_never
from urllib.parse import quote

from ...dataclasses import dataclass
from ...errors import NotFound
from ...model import ObjectLevel, ObjectType
from ...wire.prefect_cloud.filters import TextCriterion
from ...wire.prefect_cloud.workspace_objects.blocks import BlockRow
from ...wire.prefect_cloud.workspace_objects.deployments import DeploymentRow, ReadDeployments
from ...wire.prefect_cloud.workspace_objects.documents import (
    NamedRow,
    ObjectPage,
    TaggedFilter,
)
from ...wire.prefect_cloud.workspace_objects.plain_objects import ReadFlows
from ...wire.prefect_cloud.workspace_objects.work_pools import ReadWorkPools, WorkPoolFilter
from ..database.parts import batched
from .api import Api
from .lists import BATCH, E, Listing
from .naming import Names, list_right


@dataclass(frozen=True)
class WorkspaceObjects:
    """The objects of one workspace, whose path is ``below``."""

    api: Api
    below: str

    def ids(self, type_: ObjectType, names: Names) -> Mapping[str, str]:
        """Return the id of each existing object by name; the id of a work pool is its name.

        Raises:
            Forbidden: this key may not see objects of the type.
        """
        if names is None:
            return self._ids(type_, None)
        batches = (self._ids(type_, batch) for batch in batched(sorted(names), BATCH))
        return {name: id_ for ids in batches for name, id_ in ids.items()}

    def _ids(self, type_: ObjectType, names: Names) -> Mapping[str, str]:
        match type_:
            case ObjectType.DEPLOYMENT:
                return self._deployments(names)
            case ObjectType.BLOCK:
                return self._all_blocks() if names is None else self._blocks(names)
            case ObjectType.WORK_POOL:
                return self._work_pools(names)
        assert_never(type_)

    def _deployments(self, names: Names) -> Mapping[str, str]:
        flows, deployments = ReadFlows(), ReadDeployments()
        if names is not None:
            pairs = [name.partition("/") for name in names]
            flows = ReadFlows(flows=_called(flow for flow, _, _ in pairs))
            deployments = ReadDeployments(deployments=_called(own for _, _, own in pairs))
        type_ = ObjectType.DEPLOYMENT
        by_id = {row.id: row.name for row in self._rows("flows", NamedRow, flows, type_)}
        rows = self._rows("deployments", DeploymentRow, deployments, type_)
        ids = {f"{by_id[r.flow_id]}/{r.name}": str(r.id) for r in rows if r.flow_id in by_id}
        return {name: id_ for name, id_ in ids.items() if names is None or name in names}

    def _work_pools(self, names: Names) -> Mapping[str, str]:
        named = None if names is None else WorkPoolFilter(name=TextCriterion(any_=list(names)))
        pools = ReadWorkPools(work_pools=named)
        rows = self._rows("work_pools", NamedRow, pools, ObjectType.WORK_POOL)
        return {row.name: row.name for row in rows if names is None or row.name in names}

    def _all_blocks(self) -> Mapping[str, str]:
        rows = self._rows("block_documents", BlockRow, ObjectPage(), ObjectType.BLOCK)
        named = ((row.block_type, row) for row in rows if row.name)
        return {f"{type_.slug}/{row.name}": str(row.id) for type_, row in named if type_}

    def _blocks(self, names: Collection[str]) -> Mapping[str, str]:
        ids = {name: self._block(*name.split("/", 1)) for name in names}
        return {name: id_ for name, id_ in ids.items() if id_}

    def _block(self, slug: str, name: str) -> str:
        type_path = f"block_types/slug/{quote(slug, safe='')}"
        path = f"{self.below}/{type_path}/block_documents/name/{quote(name, safe='')}"
        right = list_right(ObjectType.BLOCK, ObjectLevel.VIEW)
        try:
            return str(self.api.get(path, BlockRow, right).id)
        except NotFound:
            return ""

    def _rows(self, path: str, shape: type[E], page: ObjectPage, type_: ObjectType) -> list[E]:
        right = list_right(type_, ObjectLevel.VIEW)
        return self.api.listed(Listing(f"{self.below}/{path}", shape, page, right))


def _called(names: Iterable[str]) -> TaggedFilter:
    return TaggedFilter(name=TextCriterion(any_=sorted(set(names))))
