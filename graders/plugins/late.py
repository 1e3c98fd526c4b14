"""What handing in late costs: a plugin for nbgrader's AssignLatePenalties."""

import math

from nbgrader.plugins import BasePlugin
from traitlets import Float

DAY = 24 * 3600


class LatePenalty(BasePlugin):
    """Takes a share of the points for each day that has begun since the due date and the grace period have passed.

    nbgrader asks when it autogrades a submission that has a timestamp after its due date (extensions are counted), and
    tells the points that the notebook has then: points given by hand later carry no penalty until it is graded again.
    """

    percent_per_day = Float(0.0, min=0.0, max=100.0, help="Percent lost per started day.").tag(config=True)
    grace_minutes = Float(0.0, min=0.0, help="Minutes after the due date that cost nothing.").tag(config=True)
    most_percent = Float(100.0, min=0.0, max=100.0, help="No more than this is lost, in percent.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """The points that a notebook loses; see nbgrader's LateSubmissionPlugin.

        Args:
            student_id: whose it is.
            score: the points of the notebook, by tests and by hand.
            total_seconds_late: seconds since the due date.

        Returns:
            Points, rounded to two decimals and at most the score; None where nothing is lost.
        """
        days = math.ceil((total_seconds_late - 60 * self.grace_minutes) / DAY)
        percent = min(days * self.percent_per_day, self.most_percent)
        if percent <= 0 or score <= 0:
            return None
        return min(round(score * percent / 100, 2), score)
