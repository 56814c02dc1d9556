"""The chapter on MFCC: what the text says, and the records it rests on."""

from claims import Page, holds, ways
from helpers.results import each

page = Page(
    "mfcc",
    "pre-emphasis .97",
)


@page.claims("mfcc_speed-demo", "mfcc_speed-real")
def mfcc_speed(*records):
    slowest = min(each(r, "realtime", way=w).min() for r in records for w in ways(r, "way"))
    yield holds("The second half of the claim holds with room to spare", slowest > 100)
    yield holds("holds many times over (table above)", slowest > 100)
