"""The pipeline as boxes that lead to the chapters (every chapter)."""

from helpers.plots.page import Html, address

STAGES = (
    ("Sound", "overtones", "sound"),
    ("Data", "clips to chunks", "dataset"),
    ("MFCC", "275 × 13 images", "mfcc"),
    ("CNN", "kernels that learn", "cnn"),
    ("Scores", "how good is it?", "scores"),
    ("Leakage", "too good?", "leakage"),
    ("CutMix", "mix images", "cutmix"),
    ("Tuning", "choose sizes", "tuning"),
    ("Pruning", "drop weights", "pruning"),
    ("Comparison", "ten models", "comparison"),
    ("Grad-CAM", "where it looks", "gradcam"),
    ("Ablation", "remove layers", "ablation"),
    ("In your browser", "the page listens", "listening"),
    ("Today", "what to build now", "today"),
    ("Many machines", "larger data", "many-machines"),
)
"""Title, subtitle and page of each chapter in order; the last is an appendix."""

# As many boxes abreast as are easy to read: six on a wide page, three on a phone.
_GRID = (
    "display:grid;grid-template-columns:repeat(auto-fill,minmax(6.2rem,1fr));gap:0.5rem 1.1rem;"
    "list-style:none;margin:0.4rem 0;max-width:44rem;padding:0 1rem 0 0"
)
_BOX = (
    "border:1px solid currentColor;border-radius:0.5rem;box-sizing:border-box;display:block;"
    "font-size:0.75rem;height:100%;line-height:1.35;padding:0.25rem 0;text-align:center;"
    "text-decoration:none"
)
_ARROW = (
    "position:absolute;left:100%;top:50%;transform:translateY(-50%);width:1.1rem;text-align:center"
)


def road_map(here: str | None = None) -> Html:
    """The pipeline as boxes that lead to the chapters; the page `here` is lit.

    >>> from helpers import plots
    >>> plots.road_map(here="dataset").alt.count("you are here")
    1
    """
    drawn, told = [], []
    arrow = f'<span aria-hidden="true" style="{_ARROW}">→</span>'
    for i, (title, subtitle, page) in enumerate(STAGES):
        lit = page == here
        look = "background:#2f6299;color:#fff" if lit else "color:inherit"
        place = f"chapter {i + 1}" if i + 1 < len(STAGES) else "appendix"
        name = f"{title} {subtitle}, {place}"  # begins with what is seen
        box = (
            f'<a href="{address(page)}" aria-label="{name}" style="{_BOX};{look}">'
            f"<b>{title}</b><br>{subtitle}</a>"
        )
        drawn.append(
            f'<li style="position:relative;margin:0">{box}{arrow * (i + 1 < len(STAGES))}</li>'
        )
        told.append(f"{place}, {title}: {subtitle}{' (you are here)' if lit else ''}")
    return Html(
        f'<nav aria-label="Road map of the book"><ol style="{_GRID}">{"".join(drawn)}</ol></nav>',
        f"Road map. {'; '.join(told)}.",
    )
