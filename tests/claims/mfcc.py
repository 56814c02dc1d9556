"""The chapter on MFCC: what the text says, and the records it rests on."""

from claims import Page, holds, ways
from helpers.results import each

page = Page("mfcc")


@page.claims("mfcc_speed-demo", "mfcc_speed-real")
def mfcc_speed(*records):
    slowest = min(each(r, "realtime", way=w).min() for r in records for w in ways(r, "way"))
    yield holds("It is enough, with room to spare", slowest > 100)
    yield holds("a second of sound takes less than a second holds many times over", slowest > 100)
