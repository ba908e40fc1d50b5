"""aiokafka's side of the group, which here reports to the session."""

from typing import Any

from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import NoError, RebalanceInProgressError
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

from services.matcher.adapters.stream.session import Session


class Coordinator(GroupCoordinator):  # type: ignore[misc]  # aiokafka has no types
    """Answered heartbeats confirm the session; being unknown to Kafka loses it."""

    session: Session

    @classmethod
    def adopt(cls, coordinator: GroupCoordinator, session: Session) -> None:
        """Make aiokafka's own one of these: its consumer offers no other way."""
        coordinator.__class__ = cls
        coordinator.session = session

    async def _send_req(self, request: Any) -> Any:
        if isinstance(request, JoinGroupRequest):
            with self.session.joining():
                return await super()._send_req(request)
        sent = self.session.clock()
        answer = await super()._send_req(request)
        if isinstance(request, HeartbeatRequest | SyncGroupRequest):
            rebalancing = answer.error_code == RebalanceInProgressError.errno
            if rebalancing or answer.error_code == NoError.errno:
                self.session.confirm(sent, rebalancing=rebalancing)
        return answer

    def reset_generation(self) -> None:
        """Called when Kafka does not know us, or when we leave."""
        if self._closing.done():
            self.session.leave()
        else:
            self.session.lose()
        super().reset_generation()
