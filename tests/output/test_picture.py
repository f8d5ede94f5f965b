from tools import picture


def test_the_picture_shows_what_the_terminal_shows() -> None:
    drawn = picture.draw()
    assert drawn == picture.PICTURE.read_text("utf-8"), "draw it again: python tests/tools/picture.py"
    assert "url(" not in drawn.replace("url(#", "")
    assert "@font-face" not in drawn
