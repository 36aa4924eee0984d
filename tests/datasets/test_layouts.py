"""Classes and parts from the names of files, in the layouts of public datasets."""

from __future__ import annotations

import time

import pytest

from tlcore.datasets.parts import PARTS, parts_of
from tlcore.datasets.sources.layouts.layout import find_layout
from tlcore.errors import DatasetError


def files(*folders, count=2, ending=".jpg"):
    """File names in folders."""
    return [f"{folder}/{folder.rpartition('/')[2]}{number}{ending}" for folder in folders for number in range(count)]


def found(names, tables=None, **options):
    """{class: {part or "": number of files}} and the notes."""
    layout = find_layout([*names, *(tables or {})], "pets", lambda name: tables[name].encode(), options)
    counts = {}
    for position, label in enumerate(layout.labels):
        part = PARTS[layout.parts[position]] if layout.parts else ""
        row = counts.setdefault(layout.classes[label], {})
        row[part] = row.get(part, 0) + 1
    return counts, layout


FOLDERS = {
    "plain": (files("cat", "dog"), {"cat": {"": 2}, "dog": {"": 2}}),
    "a license beside the classes": (
        [*files("set/cat", "set/dog"), "set/LICENSE", "README"],
        {"cat": {"": 2}, "dog": {"": 2}},
    ),
    "two outer folders": (files("a/b/cat", "a/b/dog"), {"cat": {"": 2}, "dog": {"": 2}}),
    "Keras: train and validation": (
        [
            *files(*(f"x/{part}/{name}" for part in ("train", "validation") for name in ("cats", "dogs"))),
            "x/vectorize.py",
        ],
        {"cats": {"train": 2, "validation": 2}, "dogs": {"train": 2, "validation": 2}},
    ),
    "each part twice": (
        files(*(f"{part}/{part}/{name}" for part in ("training_set", "test_set") for name in ("cats", "dogs"))),
        {"cats": {"train": 2, "test": 2}, "dogs": {"train": 2, "test": 2}},
    ),
    "Intel: seg_pred has no classes": (
        [
            *files(*(f"seg_{part}/seg_{part}/{name}" for part in ("train", "test") for name in ("sea", "street"))),
            *files("seg_pred/seg_pred"),
        ],
        {"sea": {"train": 2, "test": 2}, "street": {"train": 2, "test": 2}},
    ),
    "other spellings": (
        files(*(f"{part}/{name}" for part in ("Training", "Testing", "Holdout", "Valid") for name in ("a", "b"))),
        {name: {"train": 2, "test": 4, "validation": 2} for name in "ab"},
    ),
    "capitals differ between parts": (
        files("Train/Cat", "Train/Dog", "Test/cat", "Test/dog"),
        {"Cat": {"train": 2, "test": 2}, "Dog": {"train": 2, "test": 2}},
    ),
    "a part with one class": (
        files("train/a", "train/b", "test/a"),
        {"a": {"train": 2, "test": 2}, "b": {"train": 2}},
    ),
    "parts below the classes": (
        files("cat/train", "cat/test", "dog/train", "dog/test"),
        {"cat": {"train": 2, "test": 2}, "dog": {"train": 2, "test": 2}},
    ),
    "Tiny ImageNet: only train has classes": (
        files("t/train/n01/images", "t/train/n02/images", "t/val/images", "t/test/images"),
        {"n01": {"": 2}, "n02": {"": 2}},
    ),
    "classes called like parts": (
        files("train", "car", "plane"),
        {name: {"": 2} for name in ("train", "car", "plane")},
    ),
    "digits": (files("0", "1", "10"), {name: {"": 2} for name in ("0", "1", "10")}),
    "folders in classes": (files("cat/persian", "cat/siamese", "dog/boxer"), {"cat": {"": 4}, "dog": {"": 2}}),
    "GTSRB: beside Train, two folders without classes": (
        files("Train/0", "Train/1", "Test", "Meta"),
        {"0": {"": 2}, "1": {"": 2}},
    ),
    "MNIST: a sample that repeats some of the training part": (
        files(*(f"{part}/{part}/{n}" for part in ("trainingSet", "trainingSample") for n in ("0", "1")), "testSet"),
        {"0": {"": 2}, "1": {"": 2}},
    ),
    "a part called like the set": (
        files(*(f"{part}/{name}" for part in ("rps", "rps-test-set") for name in ("rock", "paper")), "validation"),
        {name: {"train": 2, "test": 2} for name in ("rock", "paper")},
    ),
    "parts in other languages": (
        files(*(f"{part}/{name}" for part in ("Trainingsdaten", "Validierung", "测试集") for name in ("a", "b"))),
        {name: {"train": 2, "validation": 2, "test": 2} for name in "ab"},
    ),
    "two copies whose names differ in capitals": (
        files(*(f"{outer}/{part}/{name}" for outer in ("OCT ", "oct") for part in ("train", "val") for name in "ab")),
        {name: {"train": 2, "validation": 2} for name in "ab"},
    ),
    "a test without classes beside the folder of the split": (
        files(*(f"plants/plants/{part}/{name}" for part in ("train", "valid") for name in "ab"), "test/test"),
        {name: {"train": 2, "validation": 2} for name in "ab"},
    ),
    "examples beside the folder of the classes": (
        files("digits-master/Dataset/0", "digits-master/Dataset/1", "digits-master/Examples"),
        {"0": {"": 2}, "1": {"": 2}},
    ),
    "not yet labeled": (
        files("train/cat", "train/dog", "train/Unlabeled", "test/cat", "test/dog"),
        {"cat": {"train": 2, "test": 2}, "dog": {"train": 2, "test": 2}},
    ),
    "letters in capitals and not, in parts": (
        files(*(f"{part}/{name}" for part in ("train", "test") for name in ("A", "a", "B"))),
        {name: {"train": 2, "test": 2} for name in ("A", "a", "B")},
    ),
    "letters in capitals and not": ([f"{name}/{n}.jpg" for name in "Aa" for n in "12"], {"A": {"": 2}, "a": {"": 2}}),
    "numbered labels": (files("label_0", "label_1"), {"label_0": {"": 2}, "label_1": {"": 2}}),
    "masks in a folder": (
        [f"{name}/{kind}/{number}.png" for name in ("ill", "well") for kind in ("images", "masks") for number in "12"],
        {"ill": {"": 2}, "well": {"": 2}},
    ),
    "masks beside their images": (
        [f"{name}/{n}{end}.png" for name in ("ill", "well") for n in "12" for end in ("", "_mask", "_mask_1")],
        {"ill": {"": 2}, "well": {"": 2}},
    ),
    "faces with and without a mask": (files("mask", "no_mask"), {"mask": {"": 2}, "no_mask": {"": 2}}),
    "no endings": (files("cat", "dog", ending=""), {"cat": {"": 2}, "dog": {"": 2}}),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_folders(case):
    names, wanted = FOLDERS[case]
    counts, layout = found(names)
    assert counts == wanted
    assert not layout.is_guess and set(layout.names) <= set(names)


def test_a_copy_of_the_set_inside_itself_is_left_out():
    inner = files(*(f"{part}/{name}" for part in ("train", "test") for name in ("NORMAL", "PNEUMONIA")))
    names = [f"{outer}{name}" for outer in ("x/", "x/x/", "x/__MACOSX/x/") for name in inner]
    counts, layout = found(names)
    assert counts == {"NORMAL": {"train": 2, "test": 2}, "PNEUMONIA": {"train": 2, "test": 2}}
    assert layout.notes == ("Left out the folder x/x with 8 images: it repeats what lies beside it.",)


def test_unlabeled_folders_are_left_out_by_name():
    _, layout = found(FOLDERS["Intel: seg_pred has no classes"][0])
    assert layout.notes == ("Left out the folder seg_pred with 2 images: it has no class folders of the split.",)


def test_several_versions_of_a_set_are_a_question():
    names = files(*(f"plants/{version}/{name}" for version in ("color", "grayscale") for name in ("healthy", "ill")))
    with pytest.raises(DatasetError, match="color and grayscale, which each hold the folders healthy and ill"):
        found(names)
    assert found(names, inside="color")[0] == {"healthy": {"": 2}, "ill": {"": 2}}
    assert found(names, classes_from="folders")[0] == {"color": {"": 4}, "grayscale": {"": 4}}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            files("photos/images/a", "photos/images/b", "drawn/a", "drawn/b"),
            "drawn, which each hold the folders a and b",
        ),
        (files("small/train/a", "small/train/b", "small/test/a", "large/a", "large/b", "notes"), "small and large"),
        (files(*(f"{name}/{part}" for name in ("x", "y") for part in ("train/a", "train/b", "test/a"))), "x and y"),
        (
            files("x/train/a", "x/train/b", "x/test/a", "y/train/c", "y/train/d", "y/test/c"),
            "x and y, which each hold a dataset with parts of a split",
        ),
    ],
)
def test_datasets_side_by_side_are_a_question(names, said):
    with pytest.raises(DatasetError, match=said):
        found(names)


def test_what_is_said_to_be_left_out_is_what_is_left_out():
    names = [*files("set/train/a", "set/train/b", "set/test/a", "set/more/a", "set/more/b"), "set/LICENSE", "notes/1"]
    assert found(names)[1].notes == (
        "Left out the folder set/more with 4 images: its name is none of a part of the split.",
        "Left out what is not named like an image: LICENSE and 1.",
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "empty"),
        (files("cat"), "only the class cat"),
        (files("train", "test"), "look like parts of a split"),
        (files("train/a", "train/b", "test/c", "test/d"), "which hold different ones"),
        (["train.zip", "test.zip"], "into a folder of its own"),
        (
            files("train/" + 30_000 * "a/" + "cat", "other/" + 30_000 * "a/" + "dog"),
            "at most 100 folders in each other",
        ),
        (["IMG_1.jpg", "IMG_2.jpg"], "no folders of classes"),
    ],
)
def test_what_is_no_dataset_gets_a_sentence(names, said):
    with pytest.raises(DatasetError, match=said):
        found(names)


TABLES = {
    "with titles": "id,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog\n",
    "without titles": "1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog\n",
    "names without endings": "\ufeffid;breed\n1;cat\n2;dog\n3;cat\n4;dog\n",
    "paths": "path\tage\tclass\n./images/1.jpg\t3\tcat\nimages\\2.jpg\t4\tdog\n/data/x/3.jpg\t5\tcat\n4.jpg\t6\tdog\n",
    "from Excel, in another case": 'sep=;\r"file"; "label"\r"1.JPG"; "cat"\r2.JPG; "dog"\r3.JPG;cat\r4.JPG;dog\r',
    "one column for each class": "filename,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n3.jpg,1,0\n4.jpg,0,1\n",
    "quoted": '"file, name","label"\n"1.jpg","cat"\n"2.jpg","dog"\n"3.jpg","cat"\n"4.jpg","dog"\n',
}


@pytest.mark.parametrize("case", TABLES)
def test_tables(case):
    counts, layout = found([f"images/{number}.jpg" for number in range(1, 6)], {"labels.csv": TABLES[case]})
    assert counts == {"cat": {"": 2}, "dog": {"": 2}}
    assert layout.shown == ("1.jpg", "3.jpg", "2.jpg", "4.jpg")
    assert any("1 image that has no class" in note for note in layout.notes)


def test_a_table_in_utf_16():
    text = "id,label\n1,cat\n2,dog\n3,cat\n4,dog\n".encode("utf-16")
    layout = find_layout(["a.csv", *(f"{n}.jpg" for n in (1, 2, 3, 4))], "pets", lambda name: text, {})
    assert layout.classes == ("cat", "dog")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('file,label\n"1.jpg,a\n' + 50_000 * "2.jpg,b\n", "labels.csv, of which none names its images"),
        ("label," + ",".join(f"pixel{n}" for n in range(784)) + "\n9" + 784 * ",7", "none names its images"),
        (",".join(["1"] * 2_000_000) + "\n", "none names its images"),
        ("file,label\n" + 400_000 * "1.jpg,a\n", "labels.csv with more"),
    ],
)
def test_damaged_and_endless_tables_are_refused(table, said):
    with pytest.raises(DatasetError, match=said):
        found([f"{number}.jpg" for number in (1, 2, 3, 4)], {"labels.csv": table})


def test_ten_thousand_folders_in_folders_take_seconds():
    names = [f"{n}/x{n}_{inner}/{image}.jpg" for n in range(10_000) for inner in "uv" for image in "ab"]
    started = time.perf_counter()
    assert len(found(names)[0]) == 10_000 and time.perf_counter() - started < 15


def test_a_table_in_each_part_keeps_the_parts():
    names = [f"{part}/{number}.jpg" for part in ("train", "valid") for number in (1, 2, 3, 4)]
    table = "filename, cat, dog\n1.jpg, 1, 0\n2.jpg, 0, 1\n3.jpg, 1, 0\n4.jpg, 0, 1\n"
    counts, _ = found(names, {"train/_classes.csv": table, "valid/_classes.csv": table})
    assert counts == {"cat": {"train": 2, "validation": 2}, "dog": {"train": 2, "validation": 2}}


def test_a_table_names_the_part_or_what_it_is_called_does():
    names = [f"{part}/{number}.jpg" for part in ("train", "test") for number in (1, 2, 3, 4)]
    counts, _ = found(names, {"train_labels.csv": "id,label\n1.jpg,a\n2.jpg,b\n3.jpg,a\n4.jpg,b\n"})
    assert counts == {"a": {"": 2}, "b": {"": 2}}
    table = "id,label,data set\n1.jpg,a,train\n2.jpg,b,train\n3.jpg,a,test\n4.jpg,b,valid\n"
    counts, _ = found([f"{number}.jpg" for number in (1, 2, 3, 4)], {"birds.csv": table})
    assert counts == {"a": {"train": 1, "test": 1}, "b": {"train": 1, "validation": 1}}


ANSWERS = {
    "placeholders to hand in": {"sample_submission.csv": "id,label\n5,cat\n6,cat\n"},
    "a table without classes": {"test.csv": "id,age,place\n5,30,arm\n6,40,leg\n"},
    "a table about other things": {"a_sizes.csv": "id,side,weight\n1,1,2\n2,3,4\n3,5,6\n4,7,8\n"},
    "a single column that is less sure": {"a_ages.csv": "id,age\n1,30\n2,40\n3,30\n4,40\n"},
}


@pytest.mark.parametrize("case", ANSWERS)
def test_other_tables_do_not_count(case):
    names = [f"train/{number}.jpg" for number in (1, 2, 3, 4)] + ["test/5.jpg", "test/6.jpg"]
    tables = {"train.csv": "id,label\n1,cat\n2,dog\n3,cat\n4,dog\n", **ANSWERS[case]}
    counts, layout = found(names, tables)
    assert counts == {"cat": {"": 2}, "dog": {"": 2}}
    assert layout.notes[0] == "The classes are those in train.csv, column label."


def test_two_tables_that_say_different_things_are_a_question():
    names = [f"{number}.jpg" for number in (1, 2, 3, 4)]
    tables = {"a.csv": "id,label\n1,x\n2,y\n3,x\n4,y\n", "b.csv": "id,species\n1,p\n2,p\n3,q\n4,q\n"}
    with pytest.raises(DatasetError, match=r"a.csv with column label and b.csv with column species.*option column"):
        found(names, tables)
    assert found(names, tables, column="species")[0] == {"p": {"": 2}, "q": {"": 2}}


def test_images_with_several_classes_have_none():
    names = [f"{number}.jpg" for number in range(1, 31)]
    rows = [f"{number}.jpg,{('cat', 'dog')[number % 2]}" for number in range(1, 31)]
    counts, layout = found(names, {"labels.csv": "\n".join(["file,class", *rows, "1.jpg,cat", "2.jpg,cat"])})
    assert counts == {"cat": {"": 15}, "dog": {"": 14}}
    assert layout.notes == (
        "The classes are those in labels.csv, column class.",
        "Left out 1 image with several classes.",
    )
    with pytest.raises(DatasetError, match=r"with several for 4 images.*detection"):
        found(names, {"labels.csv": "\n".join(["file,class", *rows, *(f"{n}.jpg,owl" for n in (1, 2, 3, 4))])})


def test_numbers_take_the_names_beside_them():
    names = [f"{number}.jpg" for number in (1, 2, 3, 4)]
    table = ",Filename,Label,ClassName\n0,1.jpg,0,Forest\n1,2.jpg,1,River\n2,3.jpg,0,Forest\n3,4.jpg,1,River\n"
    assert found(names, {"train.csv": table})[0] == {"Forest": {"": 2}, "River": {"": 2}}


def test_images_cut_into_folders_by_their_number_have_the_classes_of_the_table():
    names = [f"{set}_images_part_{n % 2}/ISIC_{n}.jpg" for set in ("HAM10000", "ham10000") for n in range(4)]
    table = "lesion_id,image_id,dx,age\n" + "".join(f"H{n},ISIC_{n},{('nv', 'mel')[n // 2]},4{n}\n" for n in range(4))
    assert found(names, {"meta.csv": table})[0] == {"mel": {"": 2}, "nv": {"": 2}}


def test_a_column_that_is_not_clear_is_asked_for():
    table = "image_id,age,place,visit,site\n1,30,arm,0,1\n2,40,leg,0,1\n3,30,arm,0,1\n4,50,leg,0,1\n"
    names = [f"{number}.jpg" for number in (1, 2, 3, 4)]
    with pytest.raises(DatasetError, match="columns age, place, visit and site"):
        found(names, {"meta.csv": table})
    assert found(names, {"meta.csv": table}, column="place")[0] == {"arm": {"": 2}, "leg": {"": 2}}
    with pytest.raises(DatasetError, match="Its other columns are age, place, visit and site"):
        found(names, {"meta.csv": table}, column="color")


def test_names_of_files_are_only_a_guess():
    names = ["train/cat.0.jpg", "train/cat.1.jpg", "train/great_dane_1.jpg", "train/great_dane_12.jpg", "test1/1.jpg"]
    counts, layout = found([*names, "train/cat.2.jpg", *(f"train/dog ({n}).jpg" for n in range(9))])
    assert counts == {"cat": {"": 3}, "dog": {"": 9}, "great_dane": {"": 2}} and layout.is_guess
    assert layout.notes == ("Left out 1 image whose names tell no class.",)
    assert found(names[:4], classes_from="names")[1].is_guess is False


def test_words_for_parts():
    assert parts_of(["Train", "val"]) == {"Train": 0, "val": 1}
    assert parts_of(["train_images", "TestData", "hold-out", "validationset"]) == {
        "train_images": 0, "TestData": 2, "hold-out": 2, "validationset": 1
    }  # fmt: skip
    assert parts_of(["train_station", "bus_station"]) == {}
    assert parts_of(["test_tube", "beaker", "contest", "vale"]) == {}
    assert parts_of(["X_train", "y_train", "X_test"]) == {"X_train": 0, "y_train": 0, "X_test": 2}
