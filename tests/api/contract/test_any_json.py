"""Any JSON at all gets an answer of ours: 2xx or a problem, never a fault."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..problem_json import refused

NAMES = [
    "media",
    "snapshots",
    "covers",
    "template",
    "at",
    "mode",
    "priority",
    "notify_mode",
    "session_id",
    "session_context",
    "name",
    "comment",
    "format",
    "width",
    "height",
    "resolution_adaptive",
    "fill_type",
    "quality",
    "description",
    "tags",
    "snapshot",
    "file",
    "image",
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
    | st.sampled_from(["3.5s", "10%", "f1", "jpg", "exact", "1e9s", "-1s", "99:99", "\0"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8) | JSON


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=BODIES)
def test_any_body_is_answered(api, ready_media, body):
    if isinstance(body, dict) and "media" in body:
        body = {**body, "media": ready_media.file_id}
    one = f"/api/v1/media/{ready_media.file_id}/"
    for method, path in [
        ("post", "/api/v1/tasks/"),
        ("post", "/api/v1/templates/"),
        ("patch", one),
        ("put", f"{one}cover/"),
    ]:
        response = getattr(api, method)(path, body, format="json")
        assert response.status_code < 500, (path, body)
        if response.status_code >= 400:
            refused(response, response.status_code, response.json()["code"])
