"""Pictures that tests send as logos."""

import io

import pytest
from PIL import Image, ImageDraw


def picture(kind="PNG", size=(400, 300), mode="RGBA", **how):
    """A triangle of red on nothing (or on white)."""
    image = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else (255, 255, 255))
    ImageDraw.Draw(image).polygon([(20, size[1] - 20), (size[0] - 20, size[1] - 20), (size[0] // 2, 20)], (200, 30, 40))
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


@pytest.fixture
def sail():
    """A logo with a see-through ground."""
    return picture()
