"""Valid content with bytes changed: faults in order, never an exception, and never half a catalogue."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagnostics.broken_roots import BASE
from vedlys.loading import load
from vedlys.messages import sentence

FILES = sorted(path.relative_to(BASE).as_posix() for path in BASE.rglob("*") if path.suffix in {".yaml", ".md"})
BYTES = {file: (BASE / file).read_bytes() for file in FILES}
TOKENS = sorted(
    {token for data in BYTES.values() for token in data.replace(b"{", b" { ").replace(b"}", b" } ").split()}
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz") / "root"
    shutil.copytree(BASE, folder)
    return folder


@st.composite
def changes(draw):
    """A file, and its bytes after one to three changes: cut out, put in, or exchanged for what stands elsewhere."""
    file = draw(st.sampled_from(FILES))
    data = BYTES[file]
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 200)))
        new = draw(
            st.one_of(
                st.just(b""),
                st.sampled_from(TOKENS),
                st.sampled_from(
                    [b"\n", b"\n  ", b"{}", b"[]", b": ", b"null", b"no", b"[", b"{", b"'", b"\t", b"{{ ", b"#"]
                ),
                st.binary(max_size=4),
            )
        )
        data = data[:start] + new + data[start + length :]
    return file, data


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=changes())
def test_changed_files(root, change):
    file, data = change
    path = root / file
    path.write_bytes(data)
    try:
        content, found = load(root)
    finally:
        path.write_bytes(BYTES[file])
    faults = list(found)
    assert faults == sorted(faults, key=lambda fault: fault.order)
    assert (content is None) == any(fault.level == "error" for fault in faults)
    for fault in faults:
        sentence(fault.code, fault.values)
        assert fault.span.line >= 1
        assert fault.span.column >= 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lines_taken_out_or_said_twice(root, data):
    file = data.draw(st.sampled_from(FILES))
    lines = BYTES[file].splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    kept = data.draw(st.sampled_from([[], [lines[at]] * 2, [b"  " + lines[at]], [lines[at].lstrip()]]))
    path = root / file
    path.write_bytes(b"".join([*lines[:at], *kept, *lines[at + 1 :]]))
    try:
        content, found = load(root)
    finally:
        path.write_bytes(BYTES[file])
    assert (content is None) == found.has_errors
