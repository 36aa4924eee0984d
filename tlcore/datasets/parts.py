"""The parts of a split, and what folders call them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

PARTS = ("train", "validation", "test")
PART_TITLES = {"train": "Training", "validation": "Validation", "test": "Test"}
NOT_GIVEN = -1  # in place of a position in `PARTS`: the source did not say which part an image belongs to
UNLABELED = -2  # in place of a position in `PARTS`: images that wait for a prediction

_WORDS = {
    0: """train training trainings trn entrainement entraînement apprentissage entrenamiento entrenar addestramento
        treino treinamento træning träning trening eğitim egitim обучение 训练 訓練 学習""",
    1: """val valid validation validate dev eval evaluation validierung validierungs validación validacion validazione
        convalida validação validacao validatie validering walidacja doğrulama dogrulama валидация 验证 驗證 検証""",
    2: "test testing tst holdout prueba pruebas prova teste testes тест 测试 測試 テスト",
    UNLABELED: "pred predict prediction predictions unlabeled unlabelled",
}
PART_WORDS = {word: part for part, words in _WORDS.items() for word in words.split()}
_FILLERS = {
    *("set", "sets", "data", "dataset", "split", "label", "labels", "annotations", "master"),
    *("image", "images", "img", "imgs", "photo", "photos", "pictures", "jpeg", "jpg", "png"),
    *("daten", "bilder", "fotos", "données", "donnees", "datos", "imágenes", "imagenes", "dati", "immagini", "集"),
}
_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LABELS = {"label", "labels"}  # say nothing of a part, but may well be how classes are numbered
_JOINED = re.compile(rf"({'|'.join(sorted(PART_WORDS, key=len, reverse=True))})({'|'.join(_FILLERS)})")


def parts_of(names: Iterable[str]) -> dict[str, int]:
    """Tell which of several names beside each other are those of parts of a split, such as `seg_train` and `seg_test`.

    Args:
        names: of folders or arrays.

    Returns:
        Name → position in `PARTS`, or `UNLABELED`; without the names that are no part's. One counts if it has exactly
        one word for a part, and its other words are fillers or stand in all names that have one.
    """
    found = {}
    for name in dict.fromkeys(names):
        words = words_of(name)
        parts = [word for word in words if word in PART_WORDS]
        if len(parts) == 1:
            found[name] = (PART_WORDS[parts[0]], set(words) - {parts[0]} - _FILLERS)
    shared = set.intersection(*(rest for _, rest in found.values())) if len(found) > 1 else set()
    return {name: part for name, (part, rest) in found.items() if rest <= shared}


def says_nothing(name: str) -> bool:
    """Tell whether a folder's name is none of a class, such as `images_001`.

    Args:
        name: of a folder.
    """
    words = set(words_of(name))
    return bool(words) and words <= _FILLERS - _LABELS


def are_one_pile(names: Collection[str]) -> bool:
    """Tell whether folders hold one pile of images that was cut up, such as `HAM10000_images_part_1` and `_2`.

    Args:
        names: of folders beside each other.
    """
    words = {tuple(words_of(name)) for name in names}
    return all(map(says_nothing, names)) or (len(words) == 1 and any((_FILLERS - _LABELS) & {*each} for each in words))


def is_unlabeled(name: str) -> bool:
    """Tell whether a folder's name says that its images wait for a label.

    Args:
        name: of a folder.
    """
    return parts_of([name]).get(name) == UNLABELED


def words_of(name: str) -> list[str]:
    """Take a name apart.

    Args:
        name: of a folder, file or array.

    Returns:
        Its words of two letters or more, in lower case: numbers and signs part them, and capitals, as in "TrainData".
    """
    words: list[str] = []
    for word in re.findall(r"[^\W\d_]{2,}", _CAPITALS.sub(" ", name)):
        joined = _JOINED.fullmatch(word.lower())
        words += joined.groups() if joined else [word.lower()]
    if words[:2] == ["hold", "out"]:
        words[:2] = ["holdout"]
    return words
