"""What runs beside the web: a worker that does jobs from the queue, and a timer that puts them there.

Any number of each may run; `work` and `keep_time` are called inside an application context, as `loyalty up` does.
"""

from loyalty.jobs.timer import keep_time
from loyalty.jobs.worker import work

__all__ = ["keep_time", "work"]
