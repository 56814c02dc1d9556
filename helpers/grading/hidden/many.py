"""Hidden cases (chapter many-machines)."""

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.amdahl, points=4)
def _amdahl():
    for workers, share in ((2, 0.5), (100, 0.05), (1, 0.3), (8, 0.0)):
        yield returns(workers / (share * workers + 1 - share), workers, share)


@graded(exercises.search_ends, points=4)
def _search():
    for seconds, workers, end in (
        ([4, 1, 1, 1, 1, 8], 2, 12),
        ([7], 3, 7),
        ([1, 2, 3, 4, 5, 6, 7], 3, 12),
        ([2, 2, 9, 1, 1, 1], 4, 9),
    ):
        yield returns(end, seconds, workers)
