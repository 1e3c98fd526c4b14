"""The cell that prepares Google Colab: what follows this line, and a call that `course kit` adds."""

# @title On Google Colab, run this cell first. Elsewhere it does nothing.
import sys


def prepare_colab(name: str, files: list[str], address: str | None, packages: list[str]) -> None:
    """Installs what Colab lacks of the packages, and puts the files of this notebook into its working folder."""
    import contextlib
    import importlib.metadata
    import subprocess
    import urllib.request
    import zipfile
    from pathlib import Path, PurePosixPath

    from google.colab import files as browser
    from packaging.requirements import Requirement

    def is_there(package: str) -> bool:
        try:
            return Requirement(package).specifier.contains(importlib.metadata.version(Requirement(package).name))
        except importlib.metadata.PackageNotFoundError:
            return False

    def unpack() -> None:
        for path in filter(zipfile.is_zipfile, Path().glob("*.zip")):
            with zipfile.ZipFile(path) as kit:
                for member in map(PurePosixPath, kit.namelist()):
                    if member.parent.name == name and member.name in missing():
                        Path(member.name).write_bytes(kit.read(str(member)))

    def missing() -> list[str]:
        return [file for file in files if not Path(file).is_file()]

    def download() -> None:
        for file in missing():
            with urllib.request.urlopen(f"{address}/{name}/{file}") as answer:
                Path(file).write_bytes(answer.read())

    unpack()
    if address:
        with contextlib.suppress(OSError):
            download()
    if missing():
        print("This notebook reads files of the kit. Choose the kit, the zip file that you got:")
        browser.upload()
        unpack()
    if missing():
        raise FileNotFoundError(f"{', '.join(missing())}: run this cell again, and choose the zip file of the kit.")
    if not all(map(is_there, packages)):
        print("Installing; this takes a few minutes ...")
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *packages], check=True)
        raise RuntimeError("Nothing is wrong: choose 'Runtime > Restart session', then run this cell again.")
    print("Ready.")
