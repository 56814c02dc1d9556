"""Photograph every page of the built site into book/_build/shots/, to be looked at."""

from __future__ import annotations

from browsing import PAGES, SITE, browser, server

SHOTS = SITE.parent / "shots"


def main() -> None:
    """Write one picture a page, width and theme."""
    SHOTS.mkdir(exist_ok=True)
    with browser() as opened, server() as address:
        for width in (1280, 390):
            for theme in ("light", "dark"):
                view = opened.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
                for page in PAGES:
                    view.goto(address + page, wait_until="networkidle")
                    shot = SHOTS / f"{page.removesuffix('.html')}-{width}-{theme}.png"
                    view.screenshot(path=shot, full_page=True)
                    print(shot)
                view.close()


if __name__ == "__main__":
    main()
