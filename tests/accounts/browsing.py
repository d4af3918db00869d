"""What a browser holds of a sign-in."""

NEW = "four new unrelated words"


def cookie(client):
    return client.get_cookie("laurel", domain="localhost")


def is_in(client):
    return client.get("/start").headers["Location"] != "/sign-in?next=/start"
