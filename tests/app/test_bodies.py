"""A request whose body ends before its stated length did not come whole, and nothing of it is used. X-1."""

from io import BytesIO

import pytest

FORM = b"email=staff%40laurel.example&password=whatever"
FILE = b"""--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nstaff@laurel.example\r
--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\r\nb@example.org\r\n--x--\r\n"""


def send(client, sent, length, content_type):
    # As gunicorn hands it on: it takes a body that ends early for a whole one.
    stated = {"CONTENT_LENGTH": str(length), "wsgi.input_terminated": True}
    return client.post("/sign-in", input_stream=BytesIO(sent), content_type=content_type, environ_overrides=stated)


@pytest.mark.parametrize(("sent", "status"), [(FORM, 422), (FORM[:-3], 400), (FORM[:28], 400), (b"", 400)])
def test_a_form_that_broke_off_is_refused_before_anybody_reads_it(client, sent, status):
    assert send(client, sent, len(FORM), "application/x-www-form-urlencoded").status_code == status


# The file that had begun is closed when its memory is freed, and Python warns of that.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("missing", "status"), [(0, 422), (8, 400), (20, 400), (120, 400)])
def test_a_file_that_broke_off_is_refused(client, missing, status):
    sent = FILE[: len(FILE) - missing]
    assert send(client, sent, len(FILE), "multipart/form-data; boundary=x").status_code == status
