"""A photo: taken by its content, cut out, kept without its story, and stopped by what stops it. Rules A-1, H, D-7."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from core.audit import AuditEvent
from core.uploads import FileRefused
from directory.experts import CARD_SIDE
from freelancers.holds import HOLDS, Action, HoldKind
from freelancers.ownership import BITS
from freelancers.profile.models import Picture, PictureSize
from freelancers.profile.pictures import PHOTO_SIDES, WHOLE, Crop, photo_sizes, reopened, taken
from tests.factories import make_award, make_freelancer, make_hold, make_user, sign_in

LEFT, RIGHT = (200, 30, 30), (30, 30, 200)


def sent(size=(800, 400), kind="JPEG", **options):
    """Return a picture that is red on the left and blue on the right."""
    made = Image.new("RGB", size, RIGHT)
    made.paste(LEFT, (0, 0, size[0] // 2, size[1]))
    kept = BytesIO()
    made.save(kept, kind, **options)
    return kept.getvalue()


def colour_of(jpeg, at):
    return max(zip(reopened(jpeg).getpixel(at), ("red", "green", "blue"), strict=True))[1]


@pytest.fixture
def ada(client, session, at):
    user = make_user(name="Ada Byron")
    person = make_freelancer(user, completeness_stated_pct=None, completeness_pct=0, skills=[])
    sign_in(client, user)
    return person


@pytest.fixture
def post(client, session):
    def do(address="", content=None, **form):
        data = form | ({"file": (BytesIO(content), "me.jpg")} if content is not None else {})
        answer = client.post(f"/me/profile/photo{address}", data=data)
        session.expire_all()
        return answer

    return do


def test_a_photo_is_kept_in_its_sizes_and_counts(post, client, session, ada):
    assert post(content=sent()).status_code == 303
    assert ada.completeness_pct == 13
    assert set(session.scalars(sa.select(PictureSize.side))) == {*PHOTO_SIDES, WHOLE}
    for side in PHOTO_SIDES:
        assert reopened(client.get(f"/me/profile/photo/{side}.jpg").data).size == (side, side)


def test_the_same_photo_twice_is_one_and_another_takes_its_place(post, session, ada):
    post(content=sent())
    first = ada.photo_id
    post(content=sent())
    assert ada.photo_id == first

    post(content=sent((500, 700)))
    assert ada.photo_id != first
    assert session.scalar(sa.select(sa.func.count()).select_from(Picture)) == 1


def test_where_and_with_what_it_was_taken_stays_behind(post, session, ada):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SECRET CAMERA", 6
    exif.get_ifd(0x8825)[1] = "N"
    post(content=sent(exif=exif, comment=b"SECRET PLACE"))

    kept = session.scalars(sa.select(PictureSize.jpeg)).all()
    assert kept
    assert not any(b"SECRET" in jpeg or b"Exif" in jpeg for jpeg in kept)
    assert reopened(max(kept, key=len)).size == (400, 800), "turned upright, as its camera said"


def test_it_is_cut_out_where_its_owner_says(post, client, ada):
    post(content=sent())
    answer = post("/crop", x_pct=0, y_pct=0, zoom_pct=200)
    assert answer.status_code == 303
    assert colour_of(client.get("/me/profile/photo/64.jpg").data, (60, 30)) == "red"

    post("/crop", x_pct=100, y_pct=100, zoom_pct=200)
    assert colour_of(client.get("/me/profile/photo/64.jpg").data, (4, 30)) == "blue"
    assert 'value="200"' in client.get("/me/profile/photo").text


@pytest.mark.parametrize("crop", [Crop(), Crop(0, 0, 400), Crop(100, 100, 100), Crop(100, 100, 400), Crop(37, 81, 133)])
@pytest.mark.parametrize("size", [(800, 400), (201, 1_199), (200, 200)])
def test_the_square_lies_within_the_picture(size, crop):
    left, top, right, bottom = crop.box(*size)

    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert right - left == bottom - top
    assert set(photo_sizes(taken(sent(size)), crop)) == {*PHOTO_SIDES, WHOLE}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "The file is empty"),
        (b"%PDF-1.4\n1 0 obj\nstartxref\n%%EOF", "this is a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a drawing (SVG)"),
        (sent((199, 400)), "only 199 × 400 pixels"),
        (sent()[:300], "damaged"),
    ],
)
def test_what_is_no_photo_is_refused_with_the_reason(post, session, ada, content, words):
    answer = post(content=content)

    assert answer.status_code == 422
    assert words in answer.text
    assert ada.photo_id is None


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at():
    with pytest.raises(FileRefused, match="too large"):
        taken(b"\xff\xd8\xff" + b"x" * 5_000_001)


@pytest.mark.parametrize(
    "form", [{}, {"x_pct": "-1", "y_pct": "0", "zoom_pct": "100"}, {"x_pct": "0", "y_pct": "0", "zoom_pct": "401"}]
)
def test_a_place_outside_the_picture_is_refused(post, ada, form):
    post(content=sent())

    assert post("/crop", **form).status_code == 422


def test_there_is_nothing_to_cut_out_without_a_photo(post, ada):
    assert post("/crop", x_pct=0, y_pct=0, zoom_pct=100).status_code == 404


@pytest.mark.parametrize("kind", [kind for kind in HoldKind if Action.LOG_IN not in HOLDS[kind].stops])
def test_a_hold_stops_it_exactly_where_the_table_says_and_tells_why(post, client, session, ada, at, kind):
    post(content=sent())
    first = ada.photo_id
    make_hold(ada, kind, reason="Your papers differ.", at=at)
    is_stopped = Action.CHANGE_PHOTO in HOLDS[kind].stops

    answers = [
        post(content=sent((300, 300))),
        post("/crop", x_pct=0, y_pct=0, zoom_pct=100),
        post("/remove"),
    ]
    assert [answer.status_code for answer in answers] == [409 if is_stopped else 303] * 3
    assert (ada.photo_id == first) is is_stopped
    if is_stopped:
        for words in ("Your papers differ.", "2 March 2026", HOLDS[kind].lifted_when):
            assert words in answers[0].text
            assert words in client.get("/me/profile/photo").text


def test_cards_and_comparison_show_it_small_and_initials_where_there_is_none(post, app, session, ada, northwind):
    make_award(northwind, ada)
    client, pages = app.test_client(), ("/experts/northwind", f"/experts/northwind/compare?id={ada.id}")
    for address in pages:
        shown = client.get(address).text
        assert "Ada" in shown
        assert "/photos/" not in shown
    post(content=sent())

    small = f"/photos/{ada.photo_id}/{CARD_SIDE}.jpg"
    image = f'<img class="avatar" src="{small}" alt="" width="56" height="56" loading="lazy">'
    assert all(image in client.get(address).text for address in pages)
    assert len(client.get(small).data) < 6_000


def test_the_marketplaces_photo_is_not_replaced_here(post, client, session, ada):
    ada.photo_url, ada.stated = "https://p.example.org/a.png", BITS["photo_url"]
    session.commit()

    assert post(content=sent()).status_code == 409
    assert "<form" not in client.get("/me/profile/photo").text.partition("<main")[2]


def test_it_is_removed_whole(post, session, ada):
    post(content=sent())
    assert [post("/remove").status_code for _ in range(2)] == [303, 303]

    assert (ada.photo_id, ada.completeness_pct) == (None, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(PictureSize)) == 0
    actions = session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.like("photo.%"))).all()
    assert sorted(actions) == ["photo.removed", "photo.used"]


def test_others_see_it_while_its_owner_may_be_seen_and_never_the_whole_picture(post, app, session, ada, northwind, at):
    post(content=sent())
    make_award(northwind, ada)
    visitor = app.test_client()
    address = f"/photos/{ada.photo_id}/256.jpg"

    assert visitor.get(address).status_code == 200
    assert visitor.get(f"/photos/{ada.photo_id}/{WHOLE}.jpg").status_code == 404
    ada.visibility = "private"
    session.commit()
    assert visitor.get(address).status_code == 404
    ada.visibility = "public"
    make_hold(ada, HoldKind.VERIFICATION_FAILED, at=at)
    assert visitor.get(address).status_code == 404
