"""
Builds the wheel and the source distribution, for pip (PEP 517 and PEP 660) and for a release, with Python's standard
library only: installing the client fetches nothing. The same sources and SOURCE_DATE_EPOCH make the same bytes.
`python3 build_backend.py FOLDER` makes both.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGE = "pictify_keys"

# The earliest date that a zip file can have.
OLDEST = 315532800
EPOCH = max(OLDEST, int(os.environ.get("SOURCE_DATE_EPOCH") or OLDEST))

HEADERS = """\
Metadata-Version: 2.1
Name: pictify-keys
Version: {version}
Summary: Verify API keys, report usage and manage keys with Pictify Keys
License: MIT
Classifier: Framework :: AsyncIO
Classifier: License :: OSI Approved :: MIT License
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Internet :: WWW/HTTP :: WSGI :: Middleware
Classifier: Typing :: Typed
Requires-Python: >=3.10
Description-Content-Type: text/markdown

"""

WHEEL = """\
Wheel-Version: 1.0
Generator: pictify-keys
Root-Is-Purelib: true
Tag: py3-none-any
"""


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    return _wheel(wheel_directory, _sources())


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    return _wheel(wheel_directory, {f"{PACKAGE}.pth": f"{HERE}\n".encode()})


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    base = f"{PACKAGE}-{_version()}"
    files = {
        **_sources(),
        **{name: (HERE / name).read_bytes() for name in ("build_backend.py", "pyproject.toml", "README.md")},
        "LICENSE": _licence(),
        "PKG-INFO": _metadata(),
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"{base}/{name}")
            entry.size = len(content)
            entry.mtime = EPOCH
            archive.addfile(entry, io.BytesIO(content))
    name = f"{base}.tar.gz"
    with open(Path(sdist_directory) / name, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=EPOCH) as compressed:
            compressed.write(packed.getvalue())
    return name


def _wheel(folder: str, files: dict[str, bytes]) -> str:
    base = f"{PACKAGE}-{_version()}"
    about = f"{base}.dist-info"
    files = {
        **files,
        f"{about}/LICENSE": _licence(),
        f"{about}/METADATA": _metadata(),
        f"{about}/WHEEL": WHEEL.encode(),
    }
    lines = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in sorted(files.items())]
    record = f"{about}/RECORD"
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    name = f"{base}-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, time.gmtime(EPOCH)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whose permissions follow.
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return name


def _sources() -> dict[str, bytes]:
    found = [*(HERE / PACKAGE).glob("*.py"), HERE / PACKAGE / "py.typed"]
    return {f"{PACKAGE}/{path.name}": path.read_bytes() for path in found}


def _version() -> str:
    made: dict[str, str] = {}
    exec((HERE / PACKAGE / "_version.py").read_text(), made)
    return made["VERSION"]


def _metadata() -> bytes:
    return (HEADERS.format(version=_version()) + (HERE / "README.md").read_text()).encode()


def _licence() -> bytes:
    # A source distribution has its own; in the repository it is above.
    own = HERE / "LICENSE"
    return (own if own.exists() else HERE.parent.parent / "LICENSE").read_bytes()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


if __name__ == "__main__":
    print(build_sdist(sys.argv[1]))
    print(build_wheel(sys.argv[1]))
