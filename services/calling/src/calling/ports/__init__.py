"""What calling needs: what it remembers of intake, its queue, its attempts, and a telephone."""

from calling.ports.attempts import Attempt, Attempts, Batch, BatchForm, BatchState, Planned
from calling.ports.policy import CallingPolicy
from calling.ports.queue import Enqueued, Entry, Position, Queue
from calling.ports.recordings import ExpectedRecording, Recordings, RecordingState, Sound
from calling.ports.replica import OpenedApplication, Replica, UnboundWebhooks
from calling.ports.telephony import OutgoingCall, Telephony, TelephonyUnavailable

__all__ = [
    "Attempt",
    "Attempts",
    "Batch",
    "BatchForm",
    "BatchState",
    "CallingPolicy",
    "Enqueued",
    "Entry",
    "ExpectedRecording",
    "OpenedApplication",
    "OutgoingCall",
    "Planned",
    "Position",
    "Queue",
    "RecordingState",
    "Recordings",
    "Replica",
    "Sound",
    "Telephony",
    "TelephonyUnavailable",
    "UnboundWebhooks",
]
