"""The conversation with an editor: every request gets an answer, also one that makes no sense.

In: messages as they come. Out: those that can be read, and errors for requests that cannot be, or
that come after the end. Never does: leave an editor waiting for an answer that will not come; keep
what has been handled.
"""

from __future__ import annotations

from typing import Any

from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcInvalidRequest
from pygls.protocol import LanguageServerProtocol


class Conversation(LanguageServerProtocol):
    """What pygls says, and answers where it says nothing."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as a value of the protocol. Raises JsonRpcException for any other shape."""
        try:
            return super().structure_message(data)
        except JsonRpcException:
            if "id" in data and "method" in data:
                refusal = JsonRpcInvalidParams(f"{data['method']}: the parameters make no sense")
                self._send_response(data["id"], None, refusal.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:
        """Hand a message on; nothing is done for requests after `shutdown`."""
        is_request = hasattr(message, "id") and hasattr(message, "method")
        if self._shutdown and is_request:
            refusal = JsonRpcInvalidRequest("the server is shutting down")
            self._send_response(message.id, None, refusal.to_response_error())
            return
        super().handle_message(message)

    def _execute_handler(self, msg_id: Any, *given: Any, **more: Any) -> None:
        """Let something be handled, and forget it when that is done: pygls keeps notifications."""
        super()._execute_handler(msg_id, *given, **more)
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(lambda done: self._forget(msg_id, done))

    def _forget(self, msg_id: Any, done: object) -> None:
        """Forget what was handled, unless something newer has its number."""
        if self._request_futures.get(msg_id) is done:
            del self._request_futures[msg_id]
