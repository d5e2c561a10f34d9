"""Text made plain, and told apart from what nobody could read."""

from __future__ import annotations

import pytest
from cv_matching.domain.texts import legible, tidied


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("e\ufb03cient o\ufb00ice \ufb01eld \ufb02ow", "efficient office field flow"),
        ("devel-\nopment", "development"),
        ("devel\ufffe\r\nopment", "development"),
        ("Popescu-\nIonescu", "Popescu-Ionescu"),
        ("ana-\nmaria@example.com", "ana-maria@example.com"),
        ("2019-\n2024", "2019-\n2024"),
        ("s\u0326t\u0326", "șț"),
        ("Ana\u200b\u202e Pop\x00\x07", "Ana Pop"),
        ("Ana\xa0Pop\u2028Cluj", "Ana Pop\nCluj"),
        ("\ud83d\ude00 \ud83d x", "😀 \ufffd x"),
        ("a\n\n\n\n\nb  ", "a\n\nb"),
    ],
)
def test_text_is_made_plain(raw: str, plain: str) -> None:
    assert tidied(raw, 1000) == plain


def test_no_more_is_kept_than_asked_for() -> None:
    assert tidied("a" * 1000, 10) == "a" * 10
    assert tidied("\ufb03" * 1000, 10) == "ffiffiffif"


@pytest.mark.parametrize(
    "text",
    [
        "Ana Pop",
        "Ștefan Țepeș, inginer software, Cluj-Napoca, 0740 123 456, experiență în învățământ și cercetare",
        "Szabó Júlia, szoftvermérnök Kolozsvár, nyelvtudás: magyar, román, angol, német; tapasztalat",
        "Zbigniew Brzęczyszczykiewicz, programista z Wrocławia, doświadczenie w branży od pięciu lat",
        "Олена Шевченко, інженерка, Чернівці, досвід роботи п'ять років",
        "• Python ★★★★☆ • SQL ★★★☆☆ • Java ★★☆☆☆ and experience in education",
        "AWS GCP SQL CSS HTML REST JSON XML PHP C++ C# .NET, developer with experience of years",
    ],
)
def test_what_people_write_is_legible(text: str) -> None:
    assert legible(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(cid:12)(cid:33)(cid:7)(cid:90)(cid:12)(cid:33) Ana",
        "\ue000\ue001\ue002\ue003 Ana",
        "\ufffd\ufffd\ufffd Ana",
        "$%&'()*+,-./ !\"#$%&' ()*+,- ABC",
        "Xqz Bcdfg hjklm npqrs tvwxz bcdfg hjklm npqrs tvwxz bcdfg hjklm npqrs tvwxz bcdfg",
        "ecneirepxe eht dna noitacude ni ytisrevinu htiw segaugnal",
    ],
)
def test_what_nobody_could_read_is_told(text: str) -> None:
    assert not legible(text)
