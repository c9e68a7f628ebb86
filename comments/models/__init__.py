from comments.models.comment import Comment
from comments.models.decision import Decision, Outcome, Stale
from comments.models.status import Reason, Status
from comments.models.tally import Tally

__all__ = ["Comment", "Decision", "Outcome", "Reason", "Stale", "Status", "Tally"]
