"""A real Asterisk without installing one: Debian's packages of another suite, unpacked into the cache folder.

No root rights and no container. apt checks the signatures of the package lists, and we the checksums in them. Kept are
the program, the modules of `conf/modules.conf`, the libraries that they need, documentation and prompts.
"""

import concurrent.futures
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callmatch"

# The version of Asterisk: the suite of Debian that packs it.
SUITES = {"16": "bullseye", "22": "sid"}
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
MIRROR = "http://deb.debian.org/debian"
ATTEMPTS = 4

# What the daemon and our modules are linked with, of all that the package would bring.
NEEDED = re.compile(
    r"asterisk|asterisk-modules|asterisk-config|asterisk-core-sounds-en-gsm|libbsd0|libc6|libcap2"
    r"|libcrypt1|libedit2|libgcc-s1|libgcrypt20|libgpg-error0|libgsm1|libicu\d+|libjansson4|liblz4-1"
    r"|liblzma5|libmd0|libsqlite3-0|libssl[\d.]+(?:t64)?|libstdc\+\+6|libsystemd0|libtinfo6"
    r"|liburiparser1|libuuid1|libxml2(?:-\d+)?|libxslt1\.1|libzstd1|zlib1g"
)

APT = """
Dir::State "{work}"; Dir::State::lists "{work}/lists"; Dir::State::status "{work}/status";
Dir::Cache "{work}"; Dir::Cache::archives "{work}/archives";
Dir::Etc::SourceList "{work}/sources.list"; Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";
APT::Architecture "amd64"; APT::Architectures {{ "amd64"; }}; APT::Sandbox::User "";
APT::Install-Recommends "false"; Acquire::Languages "none"; Acquire::Check-Valid-Until "false";
Acquire::Retries "5"; Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false"; Debug::NoLocking "true";
"""


def place(version: str) -> Path:
    """Where this version lies, with the modules that are asked for now."""
    modules = hashlib.sha256((HERE / "conf/modules.conf").read_bytes()).hexdigest()
    return CACHE / "asterisk" / f"{version}-{modules[:8]}"


def fetched(version: str) -> Path:
    """The folder of this version, which is fetched unless it is there."""
    folder = place(version)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f"{folder.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            with tempfile.TemporaryDirectory(dir=folder.parent) as work:
                _fetch(SUITES[version], Path(work), folder)
    return folder


def _fetch(suite: str, work: Path, folder: Path) -> None:
    for name in ("lists/partial", "archives/partial", "root"):
        (work / name).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources.list").write_text(f"deb [signed-by={KEYS}] {_mirror()} {suite} main\n")
    (work / "apt.conf").write_text(APT.format(work=work))
    about = {"env": os.environ | {"APT_CONFIG": str(work / "apt.conf")}, "check": True}
    subprocess.run(["apt-get", "-qq", "update"], **about)
    listed = subprocess.run(
        ["apt-get", "-qq", "-y", "--print-uris", "install", "asterisk"],
        **about, capture_output=True, text=True,
    ).stdout  # fmt: skip
    wanted = [row for row in map(str.split, listed.splitlines()) if NEEDED.fullmatch(row[1].split("_")[0])]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        packages = pool.map(lambda row: _package(row[0].strip("'"), work / row[1], row[3]), wanted)
        for package in packages:
            subprocess.run(["dpkg-deb", "-x", package, work / "root"], check=True)
    _keep(work / "root", work / "kept")
    shutil.rmtree(folder, ignore_errors=True)
    (work / "kept/complete").touch()
    (work / "kept").rename(folder)


def _mirror() -> str:
    """The one that this machine takes its own packages from."""
    sources = Path("/etc/apt/sources.list.d/debian.sources")
    found = re.search(r"^URIs:\s*(\S+)", sources.read_text(), re.M) if sources.exists() else None
    return found.group(1) if found else MIRROR


def _package(url: str, file: Path, checksum: str) -> Path:
    kind, _, expected = checksum.partition(":")
    for attempt in range(ATTEMPTS):
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                data = answer.read()
        except OSError:
            if attempt == ATTEMPTS - 1:
                raise
            continue
        name = {"MD5Sum": "md5"}.get(kind, kind.lower())
        if hashlib.new(name, data, usedforsecurity=False).hexdigest() == expected:
            file.write_bytes(data)
            return file
    raise OSError(f"{url}: the checksum differs from that of the signed list")


def _keep(root: Path, kept: Path) -> None:
    """Of all that was unpacked only what is needed."""
    modules, libraries = kept / "modules", kept / "lib"
    for folder in (modules, libraries, kept / "sbin", kept / "share"):
        folder.mkdir(parents=True)
    packed = next(folder for folder in root.glob("usr/lib/**/asterisk/modules") if folder.is_dir())
    program = shutil.copy(root / "usr/sbin/asterisk", kept / "sbin")
    for name in re.findall(r"^load = (\S+)", (HERE / "conf/modules.conf").read_text(), re.M):
        if (packed / name).exists():
            shutil.copy(packed / name, modules)
    loader = next(root.glob("**/ld-linux-x86-64.so.2"))
    folders = {file.parent for top in ("lib", "usr/lib") for file in (root / top).rglob("*.so*")}
    path = ":".join(sorted(str(folder) for folder in folders))
    for file in (program, *modules.iterdir()):
        text = subprocess.run(
            [loader, "--library-path", path, "--list", file], capture_output=True, text=True
        ).stdout
        for library in re.findall(rf"=> ({re.escape(str(root))}\S+)", text):
            shutil.copy(library, libraries)
        assert "not found" not in text, f"{file}: {text}"
    shutil.copy(loader, libraries)
    for name in ("documentation", "rest-api", "sounds/en_US_f_Allison"):
        shutil.copytree(root / "usr/share/asterisk" / name, kept / "share" / name)
    # What a normal installation links.
    (kept / "share/sounds/en").symlink_to("en_US_f_Allison")
