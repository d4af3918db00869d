"""The stricter variant of the official schema, as far as lists go: what must be one, and what must stand alone."""

LISTS = {"@context", "evidence", "identifier", "proof"}
ALONE = {"achievement", "credentialStatus", "credentialSubject", "criteria", "image", "issuer"}
#: Whose `type` is a text; everybody else's is a list.
ONE_TYPE = {"image", "identifier", "proof", "credentialStatus"}


def misshapen(value, name="", path=""):
    """Return where a credential has a list for what stands alone, the reverse, or nothing at all."""
    if isinstance(value, list):
        return [wrong for each in value for wrong in misshapen(each, name, path)]
    if not isinstance(value, dict):
        return [path] if value is None else []
    found = []
    for key, inner in value.items():
        wants_list = key in LISTS or (key == "type" and name not in ONE_TYPE)
        is_right = isinstance(inner, list) if wants_list else not isinstance(inner, list)
        is_object = key not in ALONE or isinstance(inner, dict)
        found += [] if is_right and is_object else [f"{path}/{key}"]
        found += misshapen(inner, key, f"{path}/{key}")
    return found
