from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reprise_models import gtzan
from reprise_models.gtzan import Split


def _gtzan(folder: Path, root: str, extension: str, numbers: range = range(3)) -> Path:
    for genre in gtzan.GENRES:
        (folder / root / genre).mkdir(parents=True)
        for number in numbers:
            (folder / root / genre / f"{genre}.{number:05d}.{extension}").touch()
    return folder


@pytest.mark.parametrize(("root", "extension"), [("genres_original", "wav"), ("genres", "au")])
def test_reads_both_copies(tmp_path: Path, root: str, extension: str) -> None:
    _gtzan(tmp_path, root, extension)
    (tmp_path / root / "blues" / "bextract_single.mf").touch()
    excerpts = gtzan.read_excerpts(tmp_path)
    assert len(excerpts) == 30
    assert excerpts[1] == gtzan.Excerpt(
        "blues", 1, tmp_path / root / "blues" / f"blues.00001.{extension}", Split.VALIDATION
    )
    assert excerpts[1].name == "blues.00001"


def test_excludes_the_file_without_audio(tmp_path: Path) -> None:
    _gtzan(tmp_path, "genres_original", "wav", range(53, 56))
    assert "jazz.00054" not in {e.name for e in gtzan.read_excerpts(tmp_path)}


def test_includes_it_in_the_authors_archive(tmp_path: Path) -> None:
    _gtzan(tmp_path, "genres", "au", range(53, 56))
    assert "jazz.00054" in {e.name for e in gtzan.read_excerpts(tmp_path)}


def test_groups_neighbours(tmp_path: Path) -> None:
    _gtzan(tmp_path, "genres", "au", range(8, 12))
    groups = [e.group for e in gtzan.read_excerpts(tmp_path) if e.genre == "pop"]
    assert groups == ["pop.0", "pop.0", "pop.1", "pop.1"]


def test_the_filtered_split_is_the_published_one() -> None:
    every = [gtzan.filtered_split(genre, n) for genre in gtzan.GENRES for n in range(100)]
    assert Counter(every) == {Split.TRAINING: 443, Split.VALIDATION: 197, Split.TEST: 290, None: 70}
    # Sturm: reggae.00086 is noise after the first 5 s.
    assert gtzan.filtered_split("reggae", 86) is None
    assert gtzan.filtered_split("rock", 90) is Split.TEST


def test_errors_describe_the_problem_with_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither a folder genres_original nor genres"):
        gtzan.read_excerpts(tmp_path)
    _gtzan(tmp_path, "genres", "au", range(0))
    with pytest.raises(ValueError, match=r"contains no excerpts such as blues/blues\.00000\.wav"):
        gtzan.read_excerpts(tmp_path)
    stray = tmp_path / "genres" / "rock" / "metal.00003.au"
    stray.touch()
    with pytest.raises(ValueError, match=r"metal\.00003\.au is not a file of GTZAN"):
        gtzan.read_excerpts(tmp_path)
    stray.unlink()
    for extension in ("au", "wav"):
        (tmp_path / "genres" / "rock" / f"rock.00003.{extension}").touch()
    with pytest.raises(ValueError, match=r"rock\.00003\.wav and rock\.00003\.au are the same excerpt"):
        gtzan.read_excerpts(tmp_path)
    (tmp_path / "genres" / "disco").rmdir()
    with pytest.raises(ValueError, match="has no folder disco"):
        gtzan.read_excerpts(tmp_path)
