"""What may happen to messages on their way from a queue: twice, in another order, late. All of it is within what SQS promises."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

from load_tests.faults.http_wire import HttpMessage
from load_tests.faults.plan import Fault

MOST_IN_BATCH = 10
_KEPT = 50


@dataclass
class Deliveries:
    """Changes replies to ReceiveMessage. Messages delivered before are kept for a while, to be delivered again."""

    earlier: list[dict[str, Any]] = field(default_factory=list)

    def changed(self, reply: HttpMessage, fault: Fault | None, rng: random.Random) -> tuple[HttpMessage, int, bool]:
        """The reply after this fault, how many messages it holds, and whether the fault could be done."""
        document = json.loads(reply.body or b"{}")
        messages: list[dict[str, Any]] = document.get("Messages") or []
        done = True
        if fault is Fault.DUPLICATE and self.earlier:
            there = {one["MessageId"] for one in messages}
            again = rng.choice(self.earlier)
            done = again["MessageId"] not in there
            # In a full batch it takes the place of the last, which comes when its visibility time-out is over.
            messages = [*messages[: MOST_IN_BATCH - 1], again] if done else messages
        elif fault is Fault.REORDER and len(messages) > 1:
            messages = rng.sample(messages, len(messages))
        elif fault is Fault.DELAY and messages:
            messages = messages[:-1]  # the queue gives it again when its visibility time-out is over
        else:
            done = False
        self.earlier = [*self.earlier, *(one for one in messages if one not in self.earlier)][-_KEPT:]
        if not done:
            return reply, len(messages), False
        changed = {**document, "Messages": messages} if messages else {}
        return reply.with_body(json.dumps(changed).encode()), len(messages), True
