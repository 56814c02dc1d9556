"""The pipeline as a picture that leads to the chapters (every chapter)."""

from helpers.plots.page import FIT, Html, address

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


def road_map(here: str | None = None) -> Html:
    """The pipeline as a picture whose boxes lead to the chapters; the page `here` is lit.

    >>> from helpers import plots
    >>> plots.road_map(here="dataset").alt.count("you are here")
    1
    """
    drawn, told = [], []
    for i, (title, subtitle, page) in enumerate(STAGES):
        row, column = divmod(i, 4)
        x, y = 2 + 122 * column, 2 + 58 * row
        lit = page == here
        style = 'fill="#2f6299" color="#fff"' if lit else 'fill="none"'
        place = f"chapter {i + 1}" if i + 1 < len(STAGES) else "appendix"
        name = f"{title} {subtitle}, {place}"  # begins with what is seen
        box = (  # JupyterLab stumbles over an SVG link with a relative href that is not XLink's
            f'<a xlink:href="{address(page)}" aria-label="{name}" style="text-decoration:none">'
            f'<g {style}><rect x="{x}" y="{y}" width="108" height="44" rx="8" '
            f'stroke="currentColor"/><g fill="currentColor" text-anchor="middle">'
            f'<text x="{x + 54}" y="{y + 19}" font-size="13" font-weight="bold">{title}</text> '
            f'<text x="{x + 54}" y="{y + 36}" font-size="11">{subtitle}</text></g></g></a>'
        )
        arrow = (
            f"M{x + 109} {y + 22} h11 m-4 -4 l4 4 l-4 4"
            if column < 3
            else f"M{x + 54} {y + 45} v4 H56 v8 m-4 -4 l4 4 l4 -4"
        )
        if i + 1 < len(STAGES):
            box += f'<path d="{arrow}" fill="none" stroke="currentColor"/>'
        drawn.append(box)
        told.append(f"{place}, {title}: {subtitle}{' (you are here)' if lit else ''}")
    return Html(
        '<figure class="drawn"><nav aria-label="Road map of the book">'
        f'<svg viewBox="0 0 480 222" style="{FIT}" font-family="sans-serif">{"".join(drawn)}</svg>'
        "</nav></figure>",
        f"Road map. {'; '.join(told)}.",
    )
